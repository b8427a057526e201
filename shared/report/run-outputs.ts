import { sha256 } from '../hash.ts';
import type { ObjectStore } from '../io/store.ts';
import { outputKey } from '../screen/run-keys.ts';
import type { RunSummary } from './summary.ts';

const OUTPUTS = ['ranking.csv', 'ranking.parquet', 'summary.json'] as const;
export type OutputFile = (typeof OUTPUTS)[number];

const RECEIPT = 'receipt.json'; // SHA-256 of the outputs by name; written last

/** Store the outputs of a run. */
export async function storeOutputs(
  store: ObjectStore,
  runId: string,
  contents: Readonly<Record<OutputFile, Uint8Array>>,
): Promise<void> {
  for (const file of OUTPUTS) await store.put(outputKey(runId, file), contents[file]);
  const hashes = Object.fromEntries(OUTPUTS.map((file) => [file, sha256(contents[file])]));
  await store.put(outputKey(runId, RECEIPT), Buffer.from(`${JSON.stringify(hashes, undefined, 2)}\n`));
}

/** Bytes of `summary.json` if the run is finished and all its outputs are whole, else undefined. */
export async function loadFinished(store: ObjectStore, runId: string): Promise<Uint8Array | undefined> {
  const receipt = await store.get(outputKey(runId, RECEIPT));
  if (receipt === undefined) return undefined;
  const hashes = parseHashes(receipt);
  let bytes: Uint8Array | undefined;
  for (const file of OUTPUTS) {
    bytes = await store.get(outputKey(runId, file));
    if (bytes === undefined || sha256(bytes) !== hashes[file]) return undefined;
  }
  return bytes; // of the last one, summary.json
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
