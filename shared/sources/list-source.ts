import { basename } from 'node:path';
import * as v from 'valibot';
import { parseFormula } from '../chemistry/formula.ts';
import { InputError, IntegrityError } from '../errors.ts';
import type { Inputs, RangedFile } from '../io/store/inputs.ts';
import { indexRows, isTable, type RowIndex, readCells } from '../io/tables/row-file.ts';
import type { PreparedSource } from '../planning/prepared-source.ts';
import type { ChunkRange } from '../screen/blocks.ts';
import { DistinctBest } from '../screen/distinct-best.ts';
import { checkShape, fields, integer, listOf, oneOf, type Refuse, readJson, type Shape, text } from '../shape.ts';
import { ListScreener, WINDOW_ROWS } from './list-screener.ts';
import type { CompositionSource, FileLocation, ListRecord } from './source.ts';

/** Column of a table that holds the formulas. */
export const FORMULA_COLUMN = 'formula';

/** One file of a list, counted and hashed. */
export interface ListedFile {
  readonly name: string; // without folders
  readonly index: RowIndex;
}

/** A list of compositions: the rows of all its files, one after the other. */
export interface CompositionList {
  readonly name: string;
  readonly files: readonly ListedFile[];
}

/** Beside tables in a folder: the mark of a complete dataset, what people write about it, folders as empty objects. */
const NO_DATA = /(^|[\\/])(READY|README[^\\/]*|LICEN[CS]E[^\\/]*|[^\\/]*\.md|)$/i;

/** Rows that one vCPU reads, parses and scores in a second, about. */
const ROWS_PER_VCPU_SECOND = 5e4;
/** Rows that one vCPU counts and hashes in a second, about. */
const ROWS_INDEXED_PER_SECOND = 2e6;

/**
 * Read every file of a list once: count its rows and remember where they are.
 *
 * @param name a CSV or Parquet file, or a folder of such files
 * @throws {InputError} if there are none, another file lies between them, or one lacks the column of formulas
 */
export async function prepareList(inputs: Inputs, name: string): Promise<PreparedSource> {
  const names = (await inputs.list(name)).filter((file) => isTable(file) || !NO_DATA.test(file));
  const other = names.find((file) => !isTable(file));
  if (names.length === 0 || (names.length > 1 && other !== undefined)) {
    const problem = other === undefined ? 'there is no file' : `${basename(other)} is neither CSV nor Parquet`;
    const remedy = `Give one .csv or .parquet file with a column ${FORMULA_COLUMN}, or a folder of nothing else.`;
    throw new InputError(problem, { file: name }, remedy);
  }
  const files: ListedFile[] = [];
  const locations: FileLocation[] = [];
  for (const location of names) {
    const source = await inputs.open(location);
    files.push({ name: basename(location), index: await indexRows(source, FORMULA_COLUMN) });
    locations.push({ location, version: source.version });
  }
  if (files.every(({ index }) => index.rows === 0))
    throw new InputError('the list has no rows', { file: name }, 'Give at least one formula.');
  const list = { name: basename(name), files };
  return {
    identity: listIdentity(recordOf(list)),
    locations,
    checkStudent: () => undefined, // rows that it cannot score are skipped and counted
    build: () => listSource(list, locations),
  };
}

/** The rows of a list as what a run screens. */
export function listSource(list: CompositionList, locations: readonly FileLocation[]): CompositionSource {
  const { name, files } = list;
  const size = files.reduce((sum, { index }) => sum + index.rows, 0);
  const record = recordOf(list);
  return {
    name,
    size,
    rate: ROWS_PER_VCPU_SECOND,
    record: { list: record, counts: { files: files.length, compositions: size } },
    planFiles: () => ({ files: { [LIST_FILE]: Buffer.from(`${JSON.stringify(list)}\n`) } }),
    summary: { list: { ...record, rows: size } },
    effort: () => ({ planSeconds: size / ROWS_INDEXED_PER_SECOND, compositions: size, systems: size }),
    cut: (count) => cutIntoWindows(size, count),
    screener: (student, limits, inputs) =>
      new ListScreener((start, end) => readRows(list, locations, inputs, start, end), student, limits),
    merger: (limits) => new DistinctBest(limits),
    compositions: ({ formulas = [] }) => formulas.map((formula) => parseFormula(formula)),
  };
}

function recordOf({ name, files }: CompositionList): ListRecord {
  return { name, files: files.map(({ name: file, index: { rows, sha256 } }) => ({ name: file, rows, sha256 })) };
}

/** See `PreparedSource.identity`. */
export function listIdentity({ name, files }: ListRecord): readonly unknown[] {
  return ['list', name, files.map(({ sha256 }) => sha256)];
}

/** The file of {@link listSource}. */
export const LIST_FILE = 'list.json';

const LIST: Shape<CompositionList> = fields({
  name: text,
  files: listOf(
    fields({
      name: text,
      index: fields({
        format: oneOf(['csv', 'parquet']),
        rows: integer(),
        size: integer(),
        sha256: text,
        blocks: listOf(text),
        csv: v.optional(fields({ cell: integer(), marks: listOf(integer()) })),
      }),
    }),
  ),
});

/** Read the file of a plan back, whose hash was checked before. */
export function loadListSource(
  bytes: Uint8Array,
  locations: readonly FileLocation[],
  damaged: Refuse,
): CompositionSource {
  const list = checkShape(LIST, readJson(Buffer.from(bytes).toString(), damaged, JSON.parse), damaged);
  if (locations.length === list.files.length) return listSource(list, locations);
  throw damaged(`it lists ${list.files.length} files, and ${locations.length} of them were found`, 'files');
}

/** Chunks of whole windows, of which the last may be shorter. */
function cutIntoWindows(rows: number, count: number): ChunkRange[] {
  const windows = Math.ceil(rows / WINDOW_ROWS);
  const chunks = Math.min(count, windows);
  const startOf = (chunk: number): number => Math.min(rows, Math.floor((chunk * windows) / chunks) * WINDOW_ROWS);
  return Array.from({ length: chunks }, (_, chunk) => ({ chunk, start: startOf(chunk), end: startOf(chunk + 1) }));
}

async function* readRows(
  { files }: CompositionList,
  locations: readonly FileLocation[],
  inputs: Inputs,
  start: number,
  end: number,
): AsyncGenerator<readonly (string | undefined)[]> {
  let first = 0;
  for (const [i, { index }] of files.entries()) {
    const next = first + index.rows;
    if (start < next && end > first) {
      const source = await openUnchanged(inputs, locations[i]);
      yield* readCells(source, index, FORMULA_COLUMN, Math.max(0, start - first), Math.min(end, next) - first);
    }
    first = next;
  }
}

async function openUnchanged(inputs: Inputs, { location, version }: FileLocation): Promise<RangedFile> {
  const source = await inputs.open(location);
  if (source.version === version) return source;
  const remedy = 'Leave a list alone while it is screened; start the run again.';
  throw new IntegrityError('the file has changed since the run was planned', { file: source.name }, remedy);
}
