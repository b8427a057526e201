import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../run-cli.ts';
import { hasSoftAnion, someLabels } from '../../small-labels.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ionsieve-fine-tune-'));
  await writeFile(join(directory, 'labels.csv'), await someLabels(hasSoftAnion));
});
afterAll(() => rm(directory, { recursive: true }));

it.each([
  [
    'formula,sigma\nLi2S,1e-9\n',
    'the header has no column with a unit of conductivity; found formula, sigma. Name the unit',
  ],
  [
    'formula,S/cm\nLi2S,1e-9\nLiCl,n/a\n',
    ':3:S/cm: conductivity "n/a" is not a positive number, read as S/cm. Give a plain number',
  ],
  ['formula,S/cm\nLi2S,1e-9\n', 'the measurements are of 1 chemical systems. A comparison'],
])('fine-tune refuses %j before any training, and writes nothing', async (text, message) => {
  const file = join(directory, 'measured.csv');
  await writeFile(file, text);
  const { code, stderr } = await runCli(
    directory,
    'fine-tune',
    '--measurements',
    file,
    '--labels',
    'labels.csv',
    '--out',
    'student.onnx',
  );
  expect(stderr).toContain(file);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
  expect(await readdir(directory)).toEqual(['labels.csv', 'measured.csv']);
});

it('fine-tune refuses a name that is none of a model, and one whose card would replace an input', async () => {
  await writeFile(join(directory, 'out.card.json'), '');
  const args = ['fine-tune', '--labels', 'labels.csv', '--measurements'];
  const noModel = await runCli(directory, ...args, 'labels.csv', '--out', 'student');
  expect([noModel.code, noModel.stdout]).toEqual([2, '']);
  expect(noModel.stderr).toContain('student: is no name for a model. Name a file that ends in .onnx');
  const replaced = await runCli(directory, ...args, 'out.card.json', '--out', 'out.onnx');
  expect(replaced.code).toBe(2);
  expect(replaced.stderr).toContain('out.card.json: the output would replace an input');
  await rm(join(directory, 'out.card.json'));
});
