import type { BasicType } from 'hyparquet-writer';
import type { OwnCells } from '../screen/top-k.ts';

/** A value of a further column; null = there is none: an empty cell in CSV, null in Parquet. */
export type RankingValue = number | string | boolean | null;

/** A further column of a ranking. */
export interface RankingColumn {
  readonly name: string; // words joined by underscores, and the unit at its end if it has one
  readonly type: Extract<BasicType, 'DOUBLE' | 'STRING' | 'BOOLEAN' | 'INT32'>;
  readonly values: readonly RankingValue[]; // one per ranked composition, in the order of the ranking
  readonly description: string; // what it says, in a sentence
  readonly isOwn?: true; // of the list that was screened, whose names are free
}

const NAME = /^[a-z][A-Za-z0-9_]*$/;
const MAX_INT32 = 2 ** 31 - 1;

const FITS: Readonly<Record<RankingColumn['type'], (value: RankingValue) => boolean>> = {
  DOUBLE: (value) => Number.isFinite(value),
  INT32: (value) => Number.isInteger(value) && Math.abs(value as number) <= MAX_INT32,
  STRING: (value) => typeof value === 'string',
  BOOLEAN: (value) => typeof value === 'boolean',
};

/**
 * Columns of the list that was screened, under their names; where a name is taken, with `list_` before it.
 *
 * @param cells of the ranked rows, in the order of the ranking
 * @param taken names of the columns before them
 */
export function ownColumns(cells: readonly OwnCells[], taken: readonly string[]): RankingColumn[] {
  const names = new Set(taken);
  return [...new Set(cells.flatMap((row) => Object.keys(row)))].map((column) => {
    let name = column;
    while (names.has(name)) name = `list_${name}`;
    names.add(name);
    const values = cells.map((row) => row[column] || null);
    return {
      name,
      type: 'STRING',
      values,
      description: 'A column of the list, of the row that is ranked.',
      isOwn: true,
    };
  });
}

/**
 * Check further columns before they are written.
 *
 * @param length lines of the ranking
 * @param taken names of the columns before them
 * @throws {RangeError} if one has another length, a bad or doubled name, or a value that is not of its type
 */
export function checkColumns(columns: readonly RankingColumn[], length: number, taken: readonly string[]): void {
  const names = new Set(taken);
  for (const { name, type, values, isOwn = false } of columns) {
    if (!(isOwn || NAME.test(name)) || names.has(name))
      throw new RangeError(`a ranking cannot have the further column ${name}`);
    names.add(name);
    if (values.length !== length)
      throw new RangeError(`column ${name} has ${values.length} values for a ranking of ${length}`);
    const bad = values.find((value) => value !== null && !FITS[type](value));
    if (bad !== undefined) throw new RangeError(`column ${name} of type ${type} has the value ${String(bad)}`);
  }
}
