import { basename } from 'node:path';
import { readText } from '../shared/io/lines.ts';
import { prepareTrainingSet, type TrainingSet } from '../shared/student/training-set.ts';
import { beside, writeTogether } from './output-files.ts';
import { packagePath } from './package-root.ts';

/** The teacher that made labels where no other one is named: the published one. */
export const PUBLISHED_TEACHER = packagePath('models/teacher-sendek-2017.json');

/** Labels with the teacher that made them. @param seed of everything random */
export async function readTrainingSet(labels: string, teacher: string, seed: number): Promise<TrainingSet> {
  return prepareTrainingSet(
    { file: labels, text: await readText(labels) },
    { file: teacher, text: await readText(teacher) },
    seed,
  );
}

/**
 * Write a model and beside it its card, for people and for programs.
 *
 * @param text of the card, in Markdown
 * @returns the paths, for a message
 */
export async function writeModel(out: string, model: Uint8Array, card: object, text: string): Promise<string> {
  const cardPath = beside(out, `${basename(out).replace(/\.onnx$/i, '')}.card`);
  const files: [string, Uint8Array][] = [
    [out, model],
    [`${cardPath}.md`, Buffer.from(text)],
    [`${cardPath}.json`, Buffer.from(`${JSON.stringify(card, null, 2)}\n`)],
  ];
  await writeTogether(files);
  return files.map(([path]) => path).join(', ');
}
