import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { hasSoftAnion, someLabels } from '../small-labels.ts';

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
  ['formula,S/cm\nLi2S,1e-9\nLiCl,n/a\n', ':3:S/cm: conductivity "n/a" is not a positive number. Give a plain number'],
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
