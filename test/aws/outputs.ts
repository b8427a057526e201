import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { outputKey } from '../../shared/runs/run-keys.ts';
import { runCli } from '../run-cli.ts';
import type { Cloud } from './harness/cloud.ts';
import { ROOT } from './harness/install.ts';

const FILES = ['ranking.csv', 'ranking.parquet', 'summary.json', 'report.html'];

/** Bytes of a run's outputs by file, as text that keeps every byte. */
export type Outputs = Readonly<Record<string, string>>;

/** What a run in the account came to. */
export function cloudOutputs({ store }: Cloud, runId: string): Promise<Outputs> {
  return read(async (file) => (await store.get(outputKey(runId, file))) ?? new Uint8Array());
}

/** What the same run on this machine comes to, by the command line. */
export async function localOutputs(directory: string, runId: string, options: string[]): Promise<Outputs> {
  const { code, stderr } = await runCli(ROOT, 'screen', '--workers', '2', '--out', directory, ...options);
  if (code !== 0) throw new Error(`screen ended with ${code}: ${stderr}`);
  return read((file) => readFile(join(directory, outputKey(runId, file))));
}

async function read(get: (file: string) => Promise<Uint8Array>): Promise<Outputs> {
  const entries = FILES.map(async (file) => [file, Buffer.from(await get(file)).toString('latin1')]);
  return Object.fromEntries(await Promise.all(entries));
}
