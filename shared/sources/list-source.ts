import * as v from 'valibot';
import { parseFormula } from '../chemistry/formula.ts';
import { IntegrityError } from '../errors.ts';
import type { Inputs, RangedFile } from '../io/store/inputs.ts';
import { type RowIndex, readCells } from '../io/tables/row-file.ts';
import { DistinctBest } from '../screen/distinct-best.ts';
import { checkShape, fields, integer, listOf, oneOf, type Refuse, readJson, type Shape, text } from '../shape.ts';
import { ListScreener } from './list-screener.ts';
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

/** The rows of a list as what a run screens. */
export function listSource(list: CompositionList, locations: readonly FileLocation[]): CompositionSource {
  const { name, files } = list;
  const size = files.reduce((sum, { index }) => sum + index.rows, 0);
  const record = listRecord(list);
  return {
    name,
    size,
    record: { list: record, counts: { files: files.length, compositions: size } },
    planFiles: () => ({ files: { [LIST_FILE]: Buffer.from(`${JSON.stringify(list)}\n`) } }),
    summary: { list: { ...record, rows: size } },
    screener: (student, limits, inputs) =>
      new ListScreener((start, end) => readRows(list, locations, inputs, start, end), student, limits),
    merger: (limits) => new DistinctBest(limits),
    compositions: ({ formulas = [] }) => formulas.map((formula) => parseFormula(formula)),
  };
}

/** What `run.json` says of a list. */
export function listRecord({ name, files }: CompositionList): ListRecord {
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
        csv: v.exactOptional(fields({ cell: integer(), marks: listOf(integer()) })),
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
