import { existsSync } from 'node:fs';
import { PUBLISHED_TEACHER } from '../cli/models/model-files.ts';
import { readText } from '../shared/io/tables/lines.ts';
import { labelStructures } from '../shared/labels/label-structures.ts';
import { readStructures } from '../shared/structure/formats/read-structures.ts';
import { parseTeacher } from '../shared/teacher/teacher.ts';
import type { OpenPart, Part } from './part.ts';

/** Structures from a file to their labels, on one thread. */
export const labels: Part = {
  name: 'labels',
  title: 'crystal structures read and labelled, one thread',
  warmUp: false, // it is long enough to warm up by itself
  mostRounds: 3,
  async open({ structures }): Promise<OpenPart | string> {
    if (!existsSync(structures)) return `there is no ${structures}`;
    const teacher = parseTeacher(await readText(PUBLISHED_TEACHER), PUBLISHED_TEACHER);
    return {
      figures: {
        rate: { title: 'labels', unit: 'structures/s' },
        labelled: { title: 'labelled', unit: 'structures' },
        skipped: { title: 'without a score', unit: 'structures' },
      },
      async round() {
        const begin = performance.now();
        let [labelled, skipped] = [0, 0];
        for await (const result of labelStructures(readStructures([structures]), teacher)) {
          if ('label' in result) labelled++;
          else skipped++;
        }
        return { rate: (labelled + skipped) / ((performance.now() - begin) / 1000), labelled, skipped };
      },
      close: async () => undefined,
    };
  },
};
