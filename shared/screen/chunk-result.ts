import { createHash } from 'node:crypto';
import { MAX_ATOMIC_NUMBER } from '../chemistry/elements.ts';
import type { Excluded } from '../criteria/exclusions.ts';
import { IntegrityError } from '../errors.ts';
import { RUN_ID_LENGTH } from '../run-id.ts';
import type { ChunkRange } from './blocks.ts';
import { decodeNotes, encodeNotes } from './chunk-notes.ts';
import type { BoundedAway, ScreenCounts } from './counts.ts';
import { HISTOGRAM_BINS } from './histogram.ts';
import type { SkippedRows } from './skipped-rows.ts';
import type { RankedEntries } from './top-k.ts';

/** The outcome of one chunk. */
export interface ChunkResult extends ChunkRange, ScreenCounts {
  readonly runId: string; // RUN_ID_LENGTH hexadecimal digits
  readonly studentHash: string; // SHA-256 of the model's bytes, hexadecimal
  readonly best: RankedEntries; // best first
  readonly skipped: SkippedRows; // rows of a list that have no score; none in a space
  readonly excluded: Excluded; // by criteria; nothing without them
  readonly bounded?: BoundedAway | undefined; // where bounds are asked: then counts and histogram are of the compositions scored
}

const MAGIC = 'IONSIEVE';
const VERSION = 2;
const HASH_BYTES = 32;
const HASH_LENGTH = 2 * HASH_BYTES; // hexadecimal digits
const ELEMENTS = MAX_ATOMIC_NUMBER + 1;

/*
 * Little endian, without gaps:
 *   magic 8 bytes · version uint32 · chunk uint32 · run id 20 ASCII · student hash 64 ASCII
 *   start, end, screened, passed float64 · elements, bins, entries, notes uint32
 *   screened by element, passed by element, histogram, indices float64 · logits float32
 *   notes, UTF-8 JSON of so many bytes: formulas and further cells of the entries and skipped rows of a list, what criteria excluded, what was
 *   bounded away; none where there is nothing of these
 *   SHA-256 of all of the above, 32 bytes
 */
const RUN_ID_AT = 16;
const STUDENT_AT = RUN_ID_AT + RUN_ID_LENGTH;
const COUNTS_AT = STUDENT_AT + HASH_LENGTH;
const LENGTHS_AT = COUNTS_AT + 4 * 8;
const BODY_AT = LENGTHS_AT + 4 * 4;

function encodedLength(entries: number, notes: number): number {
  return BODY_AT + 8 * (2 * ELEMENTS + HISTOGRAM_BINS) + 12 * entries + notes + HASH_BYTES;
}

/** A chunk result as bytes; equal results give equal bytes. */
export function encodeChunkResult(result: ChunkResult): Uint8Array {
  const { best } = result;
  const notes = encodeNotes({ ...result, formulas: best.formulas, cells: best.cells });
  const bytes = new Uint8Array(encodedLength(best.indices.length, notes.length));
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from(MAGIC, 'latin1'), 0);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, result.chunk, true);
  bytes.set(Buffer.from(result.runId, 'latin1'), RUN_ID_AT);
  bytes.set(Buffer.from(result.studentHash, 'latin1'), STUDENT_AT);
  [result.start, result.end, result.screened, result.passed].forEach((count, i) => {
    view.setFloat64(COUNTS_AT + 8 * i, count, true);
  });
  [ELEMENTS, HISTOGRAM_BINS, best.indices.length, notes.length].forEach((length, i) => {
    view.setUint32(LENGTHS_AT + 4 * i, length, true);
  });
  let at = BODY_AT;
  for (const values of [result.screenedByElement, result.passedByElement, result.histogram, best.indices]) {
    bytes.set(bytesOf(values), at);
    at += 8 * values.length;
  }
  bytes.set(bytesOf(best.logits), at);
  at += 4 * best.logits.length;
  bytes.set(notes, at);
  at += notes.length;
  bytes.set(createHash('sha256').update(bytes.subarray(0, at)).digest(), at);
  return bytes;
}

/**
 * Read a chunk result back.
 *
 * @param name where the bytes are kept, for messages
 * @throws {IntegrityError} if the bytes are not a whole chunk result of this version, with expected and actual values
 */
export function decodeChunkResult(bytes: Uint8Array, name: string): ChunkResult {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkChunkBytes(bytes, view, name);
  const text = (at: number, length: number): string => latin1(bytes.subarray(at, at + length));
  const count = (i: number): number => view.getFloat64(COUNTS_AT + 8 * i, true);
  const entries = view.getUint32(LENGTHS_AT + 8, true);
  const take = bodyReader(bytes);
  const notesEnd = bytes.length - HASH_BYTES;
  const notesAt = notesEnd - view.getUint32(LENGTHS_AT + 12, true);
  const { formulas, cells, ...notes } = decodeNotes(bytes.subarray(notesAt, notesEnd), entries, name);
  const result = {
    chunk: view.getUint32(12, true),
    runId: text(RUN_ID_AT, RUN_ID_LENGTH),
    studentHash: text(STUDENT_AT, HASH_LENGTH),
    start: count(0),
    end: count(1),
    screened: count(2),
    passed: count(3),
    screenedByElement: take(new Float64Array(ELEMENTS)),
    passedByElement: take(new Float64Array(ELEMENTS)),
    histogram: take(new Float64Array(HISTOGRAM_BINS)),
    best: {
      indices: take(new Float64Array(entries)),
      logits: take(new Float32Array(entries)),
      ...(formulas === undefined ? {} : { formulas }),
      ...(cells === undefined ? {} : { cells }),
    },
    ...notes,
  };
  checkContent(result, name);
  return result;
}

/** Fills arrays with the values of the body, one after the other. */
function bodyReader(bytes: Uint8Array): <T extends Float64Array | Float32Array>(values: T) => T {
  let at = BODY_AT;
  return (values) => {
    bytesOf(values).set(bytes.subarray(at, at + values.byteLength));
    at += values.byteLength;
    return values;
  };
}

/** Whole bytes may still have been made by something else: counts count, and entries are of the chunk. */
function checkContent({ start, end, screened, passed, best, ...counted }: ChunkResult, name: string): void {
  const fail = (problem: string): never => {
    throw damaged(problem, name);
  };
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
  if (![start, end, screened, passed].every(isCount) || end < start || passed > screened || screened > end - start)
    fail(`it counts ${screened} screened and ${passed} passed of [${start}, ${end})`);
  for (const counts of [counted.screenedByElement, counted.passedByElement, counted.histogram])
    if (!counts.every(isCount)) fail(`${counts.find((count) => !isCount(count))} is no count`);
  // plain loops: over the chunks of a run there may be hundreds of millions of entries
  for (const index of best.indices)
    if (!(index >= start && index < end && Number.isInteger(index)))
      fail(`the index ${index} is not in [${start}, ${end})`);
  for (const logit of best.logits) if (!Number.isFinite(logit)) fail('a logit is not finite');
}

/** The bytes of values in memory, which are little endian wherever ONNX Runtime runs. */
function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function damaged(problem: string, name: string): IntegrityError {
  return new IntegrityError(problem, { file: name }, 'Start the run again: it screens this chunk anew.');
}

function checkChunkBytes(bytes: Uint8Array, view: DataView, name: string): void {
  const fail = (problem: string): never => {
    throw damaged(problem, name);
  };
  const expect = (what: string, actual: unknown, expected: unknown): void => {
    if (actual !== expected) fail(`${what} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
  };
  const least = encodedLength(0, 0);
  if (bytes.length < least) fail(`a chunk result has at least ${least} bytes and this has ${bytes.length}`);
  expect('the mark of a chunk result', latin1(bytes.subarray(0, MAGIC.length)), MAGIC);
  expect('the version of the format', view.getUint32(8, true), VERSION);
  const [elements, bins, entries, notes] = [0, 4, 8, 12].map((at) => view.getUint32(LENGTHS_AT + at, true));
  expect('the length in bytes', bytes.length, encodedLength(entries, notes));
  const end = bytes.length - HASH_BYTES;
  const hash = createHash('sha256').update(bytes.subarray(0, end)).digest('hex');
  expect('the SHA-256 of the content', hash, Buffer.from(bytes.subarray(end)).toString('hex'));
  expect('the number of elements', elements, ELEMENTS);
  expect('the number of histogram bins', bins, HISTOGRAM_BINS);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
