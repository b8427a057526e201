import { sha256 } from '../hash.ts';
import type { ObjectStore } from '../io/store.ts';
import { outputKey } from '../screen/run-keys.ts';
import type { RunSummary } from './summary.ts';

/** Files that a run gives; `skipped.csv` only if it screened a list. */
export type Outputs = Readonly<
  Record<'ranking.csv' | 'ranking.parquet' | 'summary.json' | 'report.html', Uint8Array>
> & {
  readonly 'skipped.csv'?: Uint8Array;
};

const RECEIPT = 'receipt.json'; // SHA-256 of the outputs by name; written last

/** Store the outputs of a run. */
export async function storeOutputs(store: ObjectStore, runId: string, outputs: Outputs): Promise<void> {
  const hashes: Record<string, string> = {};
  for (const [file, bytes] of Object.entries(outputs)) {
    await store.put(outputKey(runId, file), bytes);
    hashes[file] = sha256(bytes);
  }
  await store.put(outputKey(runId, RECEIPT), Buffer.from(`${JSON.stringify(hashes, undefined, 2)}\n`));
}

/** Bytes of `summary.json` if the run is finished and all its outputs are whole, else undefined. */
export async function loadFinished(store: ObjectStore, runId: string): Promise<Uint8Array | undefined> {
  const receipt = await store.get(outputKey(runId, RECEIPT));
  if (receipt === undefined) return undefined;
  let summary: Uint8Array | undefined;
  for (const [file, hash] of Object.entries(parseHashes(receipt))) {
    const bytes = await store.get(outputKey(runId, file));
    if (bytes === undefined || sha256(bytes) !== hash) return undefined;
    if (file === 'summary.json') summary = bytes;
  }
  return summary;
}

/** A damaged receipt vouches for nothing: the outputs are made again. */
function parseHashes(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(Buffer.from(bytes).toString())) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** `summary.json` as bytes. */
export function encodeSummary(summary: RunSummary): Uint8Array {
  return Buffer.from(`${JSON.stringify(summary, undefined, 2)}\n`);
}

/** Read `summary.json`, whose hash was checked before. */
export function decodeSummary(bytes: Uint8Array): RunSummary {
  return JSON.parse(Buffer.from(bytes).toString()) as RunSummary;
}
