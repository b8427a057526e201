import * as v from 'valibot';
import { IntegrityError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import type { ObjectStore } from '../io/store/store.ts';
import { formatJson } from '../json.ts';
import { type Refuse, readJson, readShape, sha256Text } from '../shape.ts';
import { COMPARISON_FILES, outputKey } from './run-keys.ts';

/** Files that every run gives. */
const OUTPUTS = ['ranking.csv', 'ranking.parquet', 'summary.json', 'report.html'] as const;
type Output = (typeof OUTPUTS)[number];

/** Files that a run gives; `skipped.csv` only if it screened a list. */
export type Outputs = Readonly<Record<Output, Uint8Array>> & { readonly 'skipped.csv'?: Uint8Array };

/** Name of the receipt: SHA-256 of the outputs by name; written last. */
export const RECEIPT = 'receipt.json';

/** Names of all files that a finished run may have beside its folders. */
export const RUN_FILES: readonly string[] = [...OUTPUTS, 'skipped.csv', RECEIPT, ...COMPARISON_FILES];

/** Store the outputs of a run. */
export async function storeOutputs(store: ObjectStore, runId: string, outputs: Outputs): Promise<void> {
  const hashes: Record<string, string> = {};
  for (const [file, bytes] of Object.entries(outputs)) {
    await store.put(outputKey(runId, file), bytes);
    hashes[file] = sha256(bytes);
  }
  await store.put(outputKey(runId, RECEIPT), encodeHashes(hashes));
}

function encodeHashes(hashes: Readonly<Record<string, unknown>>): Uint8Array {
  return Buffer.from(formatJson(hashes));
}

/**
 * Bytes of `summary.json` if the run is finished and all its outputs are whole, else undefined: also where an earlier version
 * finished it that did not give all that runs give today.
 */
export async function loadFinished(store: ObjectStore, runId: string): Promise<Uint8Array | undefined> {
  const receipt = await store.get(outputKey(runId, RECEIPT));
  if (receipt === undefined) return undefined;
  const hashes = receiptHashes(receipt);
  if (OUTPUTS.some((file) => !(file in hashes))) return undefined;
  let summary: Uint8Array | undefined;
  for (const [file, hash] of Object.entries(hashes)) {
    const bytes = await store.get(outputKey(runId, file));
    if (bytes === undefined || sha256(bytes) !== hash) return undefined;
    if (file === 'summary.json') summary = bytes;
  }
  return summary;
}

/**
 * One output of a finished run, checked against its receipt.
 *
 * @throws {IntegrityError} if there is none, or a damaged one
 */
export async function loadOutput(store: ObjectStore, runId: string, file: Output): Promise<Uint8Array> {
  const receipt = await store.get(outputKey(runId, RECEIPT));
  const bytes = await store.get(outputKey(runId, file));
  const [expected, actual] = [receipt && receiptHashes(receipt)[file], bytes && sha256(bytes)];
  if (bytes !== undefined && actual === expected) return bytes;
  throw new IntegrityError(
    `its SHA-256 is ${actual ?? 'that of nothing: it is missing'}, and ${RECEIPT} says ${expected ?? 'nothing'}`,
    { file: `${store.location}/${outputKey(runId, file)}` },
    'Start that run again: it makes its outputs anew.',
  );
}

/**
 * What is wrong with the outputs of a run: each has the hash of the receipt, and the bytes that its chunk results give.
 *
 * @param expected outputs made anew
 * @returns one line for each problem
 */
export async function outputProblems(store: ObjectStore, runId: string, expected?: Outputs): Promise<string[]> {
  const receipt = await store.get(outputKey(runId, RECEIPT));
  if (receipt === undefined) return [`${RECEIPT} is missing: the run is not finished`];
  const hashes = receiptHashes(receipt);
  const problems = Buffer.compare(encodeHashes(hashes), receipt) === 0 ? [] : [`${RECEIPT} is not as runs write it`];
  for (const file of new Set([...OUTPUTS, ...Object.keys(expected ?? {}), ...Object.keys(hashes)])) {
    const bytes = /^[\w.-]+$/.test(file) ? await store.get(outputKey(runId, file)) : undefined;
    const made = expected && sha256(expected[file as Output] ?? new Uint8Array());
    problems.push(
      ...(bytes === undefined ? [`${file} is missing`] : hashProblems(file, sha256(bytes), hashes[file], made)),
    );
  }
  return problems;
}

/** @param said by the receipt @param made of the output that the chunk results give, if it was made anew */
function hashProblems(file: string, actual: string, said: unknown, made: string | undefined): string[] {
  const problems = actual === said ? [] : [`${file} has SHA-256 ${actual}, and ${RECEIPT} says ${said ?? 'nothing'}`];
  if (made === undefined || actual === made) return problems;
  return [...problems, `${file} is not what the chunk results give: SHA-256 ${made}`];
}

const HASHES = v.pipe(
  v.record(v.pipe(v.string(), v.regex(/^\w[\w.-]*$/, 'the name of a file')), sha256Text, 'an object'),
  v.check((hashes) => Object.keys(hashes).length > 0, 'a list of files with their SHA-256'),
);

/** SHA-256 of the outputs by name, from the bytes of a receipt; throws {@link IntegrityError} if it is damaged. */
export function decodeReceipt(bytes: Uint8Array, file: string): Readonly<Record<string, string>> {
  const damaged: Refuse = (problem, column) =>
    new IntegrityError(problem, { file, column }, 'Start the run again: it makes its outputs anew.');
  return readShape(HASHES, readJson(Buffer.from(bytes).toString(), damaged), damaged);
}

/** A damaged receipt vouches for nothing: the outputs are made again. */
function receiptHashes(bytes: Uint8Array): Readonly<Record<string, string>> {
  try {
    return decodeReceipt(bytes, RECEIPT);
  } catch (error) {
    if (error instanceof IntegrityError) return {};
    throw error;
  }
}
