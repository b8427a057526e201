import { basename } from 'node:path';
import { packagePath } from '../../local/shipped/package-root.ts';
import { InputError } from '../../shared/errors.ts';
import { readText } from '../../shared/io/tables/lines.ts';
import { readTableText } from '../../shared/io/tables/table-file.ts';
import { encodeCard } from '../../shared/models/card-file.ts';
import { prepareTrainingSet, type TrainingSet } from '../../shared/student/training-set.ts';
import { noteSheet } from '../terminal/note-sheet.ts';
import { besideOutput, checkOutput, outputFile, writeTogether } from '../terminal/output-files.ts';

/** The teacher that made labels where no other one is named: the published one. */
export const PUBLISHED_TEACHER = packagePath('models/teacher-sendek-2017.json');

/** Labels with the teacher that made them. @param seed of everything random */
export async function readTrainingSet(labels: string, teacher: string, seed: number): Promise<TrainingSet> {
  return prepareTrainingSet(
    { file: labels, text: await readTableText(labels, { onSheet: noteSheet(labels) }) },
    { file: teacher, text: await readText(teacher) },
    seed,
  );
}

/** Refuse the name of a model that cannot be written with its card, or that would replace an input; see {@link checkOutput}. */
export async function checkModelOutput(out: string, inputs: readonly string[]): Promise<void> {
  await checkOutput(out, inputs);
  if (!/\.onnx$/i.test(out))
    throw new InputError('is no name for a model', { file: out }, 'Name a file that ends in .onnx with --out.');
  if ((await outputFile(out)) === undefined)
    throw new InputError('leads to no file', { file: out }, 'Name a file with --out: a model has its card beside it.');
  for (const path of cardPaths(out)) await checkOutput(path, inputs);
}

function cardPaths(out: string): [markdown: string, json: string] {
  const card = besideOutput(out, `${basename(out).replace(/\.onnx$/i, '')}.card`);
  return [`${card}.md`, `${card}.json`];
}

/**
 * Write a model and beside it its card, for people and for programs.
 *
 * @param text of the card, in Markdown
 * @returns the paths
 */
export async function writeModel(out: string, model: Uint8Array, card: object, text: string): Promise<string[]> {
  const [markdown, json] = cardPaths(out);
  const files: [string, Uint8Array][] = [
    [out, model],
    [markdown, Buffer.from(text)],
    [json, encodeCard(card)],
  ];
  await writeTogether(files);
  return files.map(([path]) => path);
}
