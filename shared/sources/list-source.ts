import * as v from 'valibot';
import { parseFormula } from '../chemistry/formula.ts';
import { IntegrityError } from '../errors.ts';
import type { Inputs, RangedFile } from '../io/store/inputs.ts';
import { FORMULA_COLUMN } from '../io/tables/formula-column.ts';
import { type RowIndex, readCells, readRows } from '../io/tables/row-file.ts';
import { MAX_OWN_CELL, MAX_OWN_CELLS } from '../limits.ts';
import { DistinctBest } from '../screen/distinct-best.ts';
import type { RankingLimits } from '../screen/ranking-limits.ts';
import type { ListCell } from '../screen/skipped-rows.ts';
import type { OwnCells } from '../screen/top-k.ts';
import { checkShape, fields, integer, listOf, oneOf, type Refuse, readJson, type Shape, text } from '../shape.ts';
import { ListScreener, type ReadOwnCells } from './list-screener.ts';
import type { CompositionSource, FileLocation, ListRecord } from './source.ts';

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
      new ListScreener(
        (start, end) => readCellsOf(list, locations, inputs, start, end),
        student,
        limits,
        ownCellsReader(list, locations, inputs, limits),
      ),
    merger: (limits) => new DistinctBest(limits),
    compositions: ({ formulas = [] }) => formulas.map((formula) => parseFormula(formula)),
  };
}

/** What `run.json` says of a list. */
export function listRecord({ name, files }: CompositionList): ListRecord {
  const recordOf = ({ name: file, index: { rows, sha256, sheet } }: ListedFile) => ({
    name: file,
    ...(sheet === undefined ? {} : { sheet }),
    rows,
    sha256,
  });
  return { name, files: files.map(recordOf) };
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
        format: oneOf(['csv', 'parquet', 'whole']),
        rows: integer(),
        size: integer(),
        sha256: text,
        blocks: listOf(text),
        columns: v.exactOptional(listOf(text)),
        column: v.exactOptional(text),
        sheet: v.exactOptional(text),
        csv: v.exactOptional(
          fields({ cell: integer(), marks: listOf(integer()), delimiter: v.exactOptional(oneOf([',', ';', '\t'])) }),
        ),
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

async function* readCellsOf(
  { files }: CompositionList,
  locations: readonly FileLocation[],
  inputs: Inputs,
  start: number,
  end: number,
): AsyncGenerator<readonly ListCell[]> {
  let first = 0;
  for (const [i, { index }] of files.entries()) {
    const next = first + index.rows;
    if (start < next && end > first) {
      const source = await openUnchanged(inputs, locations[i]);
      yield* readCells(source, index, Math.max(0, start - first), Math.min(end, next) - first);
    }
    first = next;
  }
}

/** Reads what the rows of a list have in its further columns: as many columns as fit; undefined if there are none. */
function ownCellsReader(
  { files }: CompositionList,
  locations: readonly FileLocation[],
  inputs: Inputs,
  { top }: RankingLimits,
): ReadOwnCells | undefined {
  const further = files.flatMap(({ index: { columns = [], column = FORMULA_COLUMN } }) =>
    columns.filter((name) => name !== '' && name !== column),
  );
  const names = [...new Set(further)].slice(0, Math.floor(MAX_OWN_CELLS / top));
  if (names.length === 0) return undefined;
  return async (indices) => {
    const order = [...indices.keys()].sort((a, b) => indices[a] - indices[b]);
    const cells: string[][] = [];
    let first = 0;
    for (const [i, { index }] of files.entries()) {
      const rows = order.map((position) => indices[position] - first).filter((row) => row >= 0 && row < index.rows);
      const source = rows.length === 0 ? undefined : await openUnchanged(inputs, locations[i]);
      if (source !== undefined) cells.push(...(await readRows(source, index, names, rows)));
      first += index.rows;
    }
    const own: OwnCells[] = [];
    order.forEach((position, i) => {
      own[position] = Object.fromEntries(names.map((name, c) => [name, shortened(cells[i][c])]));
    });
    return own;
  };
}

function shortened(cell: string): string {
  return cell.length > MAX_OWN_CELL ? `${cell.slice(0, MAX_OWN_CELL - 1)}…` : cell;
}

async function openUnchanged(inputs: Inputs, { location, version }: FileLocation): Promise<RangedFile> {
  const source = await inputs.open(location);
  if (source.version === version) return source;
  const remedy = 'Leave a list alone while it is screened; start the run again.';
  throw new IntegrityError('the file has changed since the run was planned', { file: source.name }, remedy);
}
