import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../shared/io/tables/csv.ts';
import { readText } from '../../shared/io/tables/lines.ts';
import { binaryMetrics } from '../../shared/learning/metrics.ts';
import { readStructures } from '../../shared/structure/formats/read-structures.ts';
import { PUBLISHED_FEATURES } from '../../shared/teacher/feature-names.ts';
import { structureFeatures } from '../../shared/teacher/features.ts';
import { parseTeacher, teacherProbability } from '../../shared/teacher/teacher.ts';
import { sharedData } from '../shared-data.ts';

const TABLE = sharedData('obelix-train/train.csv');
const CIFS = sharedData('obelix-train/train_randomized_cifs');
const TEACHER_URL = new URL('../../models/teacher-sendek-2017.json', import.meta.url);
const CONDUCTOR = 1e-4; // S/cm

describe.skipIf(!(TABLE && CIFS))('the published teacher against measured, mostly disordered crystals', () => {
  it('tells conductors from others with AUC above .77', async () => {
    const teacher = parseTeacher(readFileSync(TEACHER_URL, 'utf8'), 'teacher.json');
    const { rows } = parseCsv(await readText(TABLE as string), 'train.csv', ['ID', 'Ionic conductivity (S cm-1)']);
    const measured = new Map(
      rows.map((row) => [
        row.text('ID'),
        Number(row.text('Ionic conductivity (S cm-1)').replace('<', '')) >= CONDUCTOR,
      ]),
    );
    const conductors: boolean[] = [];
    const probabilities: number[] = [];
    let withoutLithium = 0;
    for await (const result of readStructures([CIFS as string])) {
      if ('error' in result) throw result.error;
      const { structure } = result;
      if (!structure.atomicNumbers.includes(3)) {
        withoutLithium++; // Li could not be located in the measurement
        continue;
      }
      conductors.push(measured.get(structure.id) as boolean);
      probabilities.push(teacherProbability(teacher, structureFeatures(structure, 3, PUBLISHED_FEATURES)));
    }
    expect([conductors.length, withoutLithium]).toEqual([247, 7]);
    expect(binaryMetrics(conductors, probabilities, 0.5).auc).toBeGreaterThan(0.77);
  });
});
