import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { readAssembly } from './harness/assembly.ts';
import { ROOT } from './harness/install.ts';

const run = promisify(execFile);
const STAGES = ['dev', 'prod']; // of cdk.json

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ionsieve-synth-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** `npx cdk synth` as a user gives it, where there is no network, no credentials and no Docker. */
async function synthesizeAlone(stage: string): Promise<number> {
  const command = ['npx', '--no', 'cdk', 'synth', '--quiet', '--context', `stage=${stage}`];
  const started = performance.now();
  await run('unshare', ['--map-root-user', '--net', ...command, '--output', join(directory, stage)], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: directory, DOCKER_HOST: 'tcp://127.0.0.1:1' },
    maxBuffer: 1 << 26,
  });
  return (performance.now() - started) / 1000;
}

it.each(STAGES)('cdk synth of %s takes less than a minute without network, credentials or Docker', async (stage) => {
  expect(await synthesizeAlone(stage)).toBeLessThan(60);
  const { stacks } = await readAssembly(join(directory, stage));
  expect(stacks.map(({ name }) => name)).toEqual([`ionsieve-${stage}-data`, `ionsieve-${stage}-screener`]);
});

it.each(STAGES)('cfn-lint finds nothing in the templates of %s', async (stage) => {
  const { stacks } = await readAssembly(join(directory, stage));
  const files = stacks.map(({ file }) => join(directory, stage, file));
  const lint = join(dirname(inject('tools').python), 'cfn-lint');
  const findings = await run(lint, ['--non-zero-exit-code', 'informational', ...files]).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }) => stdout + stderr,
  );
  expect(findings).toBe('');
});
