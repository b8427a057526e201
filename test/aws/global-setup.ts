import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from './harness/assembly.ts';
import { installTools, type Tools } from './harness/install.ts';
import { STAGE, STAGE_OVERRIDES } from './stage.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly tools: Tools;
    readonly assembly: string; // folder that `cdk synth` wrote
    readonly synthSeconds: number;
  }
}

let directory: string;

/** Install what the tests need and synthesize the stage from what was built: once for all files. */
export async function setup(project: TestProject): Promise<void> {
  const tools = await installTools();
  directory = await mkdtemp(join(tmpdir(), 'ionsieve-assembly-'));
  const started = performance.now();
  await synthesize(directory, STAGE, STAGE_OVERRIDES);
  project.provide('synthSeconds', (performance.now() - started) / 1000);
  project.provide('tools', tools);
  project.provide('assembly', directory);
}

export async function teardown(): Promise<void> {
  if (directory) await rm(directory, { recursive: true, force: true });
}
