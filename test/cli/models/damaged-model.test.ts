import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openScorer } from '../../../local/api/score.ts';
import { runCli } from '../../run-cli.ts';

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url));
const FLIPPED = 60_002; // among the weights of both: the model stays valid

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ionsieve-model-'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** A copy of a shipped model with a bit of its weights flipped, and the card beside it. */
function flippedCopy(name: string): string {
  const path = join(root, name);
  const bytes = readFileSync(join(MODELS, name));
  bytes[FLIPPED] ^= 64;
  writeFileSync(path, bytes);
  const card = name.replace('.onnx', '.card.json');
  copyFileSync(join(MODELS, card), join(root, card));
  return path;
}

it.each([
  ['student.onnx', ['screen', '--space', 'small', '--committee', 'none', '--student']],
  ['student.onnx', ['score', 'Li2S', '--committee', 'none', '--student']],
  ['student-measured.onnx', ['screen', '--space', 'small', '--committee', 'none', '--student']],
  ['committee.onnx', ['screen', '--space', 'small', '--committee']],
  ['committee.onnx', ['score', 'Li2S', '--committee']],
])('a bit that flips in %s is told by the card beside it: %j', async (name, args) => {
  const path = flippedCopy(name);
  const { code, stdout, stderr } = await runCli(root, ...args, path);
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain(`${basename(path, '.onnx')}.card.json: it tells of a model with the SHA-256 `);
  expect(existsSync(join(root, 'out'))).toBe(false);
});

it('also to the library', async () => {
  await expect(openScorer({ student: flippedCopy('student.onnx'), committee: 'none' })).rejects.toThrow(
    'student.card.json: it tells of a model',
  );
});

it('a model without a card is taken as it is', async () => {
  copyFileSync(join(MODELS, 'student.onnx'), join(root, 'alone.onnx'));
  const { code } = await runCli(root, 'score', 'Li2S', '--student', 'alone.onnx', '--committee', 'none');
  expect(code).toBe(0);
});
