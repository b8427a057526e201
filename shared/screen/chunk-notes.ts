import { type Excluded, NONE_EXCLUDED } from '../criteria/exclusions.ts';
import { IntegrityError } from '../errors.ts';
import { parseBoundedJson } from '../json.ts';
import type { BoundedAway } from './counts.ts';
import { NONE_SKIPPED, type SkippedRows, skippedTotal } from './skipped-rows.ts';
import type { OwnCells } from './top-k.ts';

/** What a chunk result says in words, beside its numbers. */
export interface ChunkNotes {
  readonly formulas?: readonly string[] | undefined; // of the entries
  readonly cells?: readonly OwnCells[] | undefined; // of the entries
  readonly skipped: SkippedRows;
  readonly excluded: Excluded;
  readonly bounded?: BoundedAway | undefined;
}

/** UTF-8 JSON; no bytes where there is nothing to say. */
export function encodeNotes({ formulas, cells, skipped, excluded, bounded }: ChunkNotes): Uint8Array {
  const isPlain = formulas === undefined && bounded === undefined && skippedTotal(skipped) === 0;
  if (isPlain && JSON.stringify(excluded) === JSON.stringify(NONE_EXCLUDED)) return new Uint8Array();
  return Buffer.from(JSON.stringify({ formulas, cells, skipped, excluded, bounded } satisfies ChunkNotes));
}

/**
 * Read notes back.
 *
 * @param entries that the formulas are of
 * @param name where the bytes are kept, for messages
 * @throws {IntegrityError} if they are no notes
 */
export function decodeNotes(bytes: Uint8Array, entries: number, name: string): ChunkNotes {
  if (bytes.length === 0) return { skipped: NONE_SKIPPED, excluded: NONE_EXCLUDED };
  const fail = (problem: string): never => {
    throw new IntegrityError(problem, { file: name }, 'Start the run again: it screens this chunk anew.');
  };
  let notes: Partial<ChunkNotes>;
  try {
    notes = Object(parseBoundedJson(Buffer.from(bytes).toString()));
  } catch (error) {
    return fail(`the notes are not JSON (${(error as Error).message})`);
  }
  const { formulas, cells, skipped, excluded, bounded } = notes;
  if (!isSkipped(skipped) || !isExcluded(excluded)) return fail('the notes do not say what was skipped and excluded');
  if (bounded !== undefined && !isCounts(bounded)) return fail('the notes do not say what was bounded away');
  if (formulas !== undefined && !isFormulas(formulas, entries)) return fail(`the notes lack ${entries} formulas`);
  if (cells !== undefined && !isCells(cells, entries)) return fail(`the notes lack the cells of ${entries} rows`);
  return { skipped, excluded, ...(formulas && { formulas }), ...(cells && { cells }), ...(bounded && { bounded }) };
}

function isCounts(value: unknown): boolean {
  const isCount = (count: unknown): boolean => Number.isSafeInteger(count) && (count as number) >= 0;
  return typeof value === 'object' && value !== null && Object.values(value).every(isCount);
}

function isSkipped(value: unknown): value is SkippedRows {
  const { counts, rows } = Object(value) as Partial<SkippedRows>;
  const isRow = (row: unknown): boolean => Number.isSafeInteger((row as { index?: unknown } | null)?.index);
  return isCounts(counts) && Array.isArray(rows) && rows.every(isRow);
}

function isExcluded(value: unknown): value is Excluded {
  const { unscored, passed } = Object(value) as Partial<Excluded>;
  return isCounts(unscored) && isCounts(passed);
}

function isCells(value: unknown, entries: number): boolean {
  const isText = (cell: unknown): boolean => typeof cell === 'string';
  const isRow = (row: unknown): boolean => typeof row === 'object' && row !== null && Object.values(row).every(isText);
  return Array.isArray(value) && value.length === entries && value.every(isRow);
}

function isFormulas(value: unknown, entries: number): boolean {
  return Array.isArray(value) && value.length === entries && value.every((formula) => typeof formula === 'string');
}
