import { Readable } from 'node:stream';
import { readText } from '../../shared/io/tables/lines.ts';
import type { StructureLabel } from '../../shared/labels/label.ts';
import { labelStructures, type SkippedStructure } from '../../shared/labels/label-structures.ts';
import {
  readStructureFile,
  readStructures,
  type StructureFormat,
  type StructureResult,
} from '../../shared/structure/formats/read-structures.ts';
import { parseTeacher } from '../../shared/teacher/teacher.ts';
import { packagePath } from '../shipped/package-root.ts';

/** How structures are labelled. */
export interface LabelOptions {
  /** Path of a teacher file. @default the published teacher of Sendek et al. 2017 */
  readonly teacher?: string;
}

/** How text is labelled. */
export interface LabelTextOptions extends LabelOptions {
  readonly format: StructureFormat;
  /** Identifier of a structure that has none in the text, and name of the text in messages. @default 'structure' */
  readonly id?: string;
}

/** Structures with a label, and those without with the reason. */
export interface Labelled {
  readonly labels: readonly StructureLabel[];
  readonly skipped: readonly SkippedStructure[];
}

/**
 * Label the structures of a text with the teacher: its features and a probability each.
 *
 * @throws {InputError} if the teacher cannot be read, or OPTIMADE lines are cut off
 * @see Sendek et al., Energy Environ. Sci. 10, 306 (2017), doi:10.1039/C6EE02697D
 * @example
 * import { labelText } from 'ionsieve';
 *
 * const rockSalt = `rock salt
 * 4.026
 * 1 0 0
 * 0 1 0
 * 0 0 1
 * Li F
 * 4 4
 * Direct
 * 0 0 0
 * 0 .5 .5
 * .5 0 .5
 * .5 .5 0
 * .5 .5 .5
 * .5 0 0
 * 0 .5 0
 * 0 0 .5
 * `;
 * const { labels, skipped } = await labelText(rockSalt, { format: 'poscar', id: 'LiF' });
 * for (const { formula, features, probability } of labels) console.log(formula, features.lasd, probability, skipped.length);
 */
export async function labelText(
  text: string,
  { format, id = 'structure', teacher }: LabelTextOptions,
): Promise<Labelled> {
  const source = { name: id, open: () => Readable.from([Buffer.from(text)]) };
  return label(readStructureFile({ source, format, id, linesOnly: false }), teacher);
}

/**
 * Label the structures of files and of all structure files in folders; what they are follows from their names.
 *
 * @param paths CIF, POSCAR or OPTIMADE files (plain or .gz), or folders of them
 * @throws {InputError} if a path or the teacher cannot be read, or the only structure is not usable
 * @example
 * import { labelFiles } from 'ionsieve';
 *
 * const { labels, skipped } = await labelFiles(['cifs']);
 * for (const { id, formula, probability } of labels) console.log(id, formula, probability);
 * for (const { id, detail } of skipped) console.log(id, detail);
 */
export function labelFiles(paths: readonly string[], { teacher }: LabelOptions = {}): Promise<Labelled> {
  return label(readStructures(paths), teacher);
}

async function label(
  structures: AsyncIterable<StructureResult>,
  path = packagePath('models/teacher-sendek-2017.json'),
): Promise<Labelled> {
  const teacher = parseTeacher(await readText(path), path);
  const labels: StructureLabel[] = [];
  const skipped: SkippedStructure[] = [];
  for await (const result of labelStructures(structures, teacher)) {
    if ('label' in result) labels.push(result.label);
    else skipped.push(result.skipped);
  }
  return { labels, skipped };
}
