import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCliWith } from '../run-cli.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-telemetry-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** What running a model leaves in the home directory and among temporary files, both empty before. */
async function leftBy(settings: NodeJS.ProcessEnv): Promise<string[]> {
  // of the environment nothing else: with CI set ONNX Runtime is silent of its own accord
  const own = { PATH: process.env.PATH, HOME: directory, TMPDIR: directory, ...settings };
  const { code, stderr } = await runCliWith(own, directory, 'score', 'Li3PS4');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return readdirSync(directory);
}

it('ONNX Runtime leaves no device id, events or log behind', async () => {
  expect(await leftBy({})).toEqual([]);
});

it.runIf(process.platform === 'linux')('it would, if it were allowed to', async () => {
  expect(await leftBy({ ORT_DISABLE_TELEMETRY: '' })).not.toEqual([]);
});
