import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../shared/io/tables/csv.ts';
import type { RankingColumn } from '../../shared/ranking/columns.ts';
import type { RankedComposition } from '../../shared/ranking/ranking.ts';
import { rankingCsv, rankingParquet } from '../../shared/ranking/ranking-files.ts';

const RANKING: readonly RankedComposition[] = [
  { rank: 1, index: 2 ** 40, formula: 'Li3PS4', system: 'Li-P-S', probability: 0.98201379, logit: 4 },
  { rank: 2, index: 7, formula: 'LiCl', system: 'Li-Cl', probability: 0.5, logit: Math.fround(0.1) },
];

const COLUMNS: readonly RankingColumn[] = [
  { name: 'probability_mean', type: 'DOUBLE', values: [0.25, null], description: 'a number' },
  { name: 'known_formula', type: 'BOOLEAN', values: [true, false], description: 'yes or no' },
  { name: 'known_system', type: 'INT32', values: [12, 0], description: 'a count' },
  { name: 'outside', type: 'STRING', values: ['Pu, "rare"', null], description: 'a text' },
];

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const arrayBuffer = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer as ArrayBuffer;

describe('ranking.csv', () => {
  it('has the six columns and one line per composition', () => {
    expect(text(rankingCsv(RANKING))).toBe(
      'rank,index,formula,system,probability,logit\n' +
        '1,1099511627776,Li3PS4,Li-P-S,0.98201379,4\n2,7,LiCl,Li-Cl,0.5,0.1\n',
    );
  });

  it('puts further columns behind them, quotes where needed and leaves a cell without a value empty', () => {
    expect(text(rankingCsv(RANKING, COLUMNS))).toBe(
      'rank,index,formula,system,probability,logit,probability_mean,known_formula,known_system,outside\n' +
        '1,1099511627776,Li3PS4,Li-P-S,0.98201379,4,0.25,true,12,"Pu, ""rare"""\n' +
        '2,7,LiCl,Li-Cl,0.5,0.1,,false,0,\n',
    );
    const { rows } = parseCsv(text(rankingCsv(RANKING, COLUMNS)), 'ranking.csv', ['outside']);
    expect(rows.map((row) => row.text('outside'))).toEqual(['Pu, "rare"', '']);
  });
});

describe('ranking.parquet', () => {
  it('has the same columns, with nulls where a value is absent', async () => {
    const rows = await parquetReadObjects({ file: arrayBuffer(rankingParquet(RANKING, COLUMNS)) });
    expect(rows[0]).toMatchObject({ formula: 'Li3PS4', probability_mean: 0.25, known_formula: true, known_system: 12 });
    expect(rows[1]).toMatchObject({ index: 7n, probability_mean: null, known_formula: false, outside: null });
  });

  it('keeps its schema where no composition has a value, or none is ranked', async () => {
    const empty = COLUMNS.map((column) => ({ ...column, values: [] }));
    const none = COLUMNS.map((column) => ({ ...column, values: [null, null] }));
    const schema = (bytes: Uint8Array) =>
      parquetMetadata(arrayBuffer(bytes)).schema.map(({ name, type }) => [name, type]);
    expect(schema(rankingParquet([], empty))).toEqual(schema(rankingParquet(RANKING, COLUMNS)));
    expect(schema(rankingParquet(RANKING, none))).toEqual(schema(rankingParquet(RANKING, COLUMNS)));
  });
});

describe('further columns', () => {
  const column = (changes: Partial<RankingColumn>): RankingColumn[] => [{ ...COLUMNS[0], ...changes }];

  it.each([
    ['a name that is taken', column({ name: 'logit' }), 'cannot have the further column logit'],
    ['a name twice', [COLUMNS[0], COLUMNS[0]], 'cannot have the further column probability_mean'],
    ['another length', column({ values: [1] }), 'has 1 values for a ranking of 2'],
    ['a number that is not finite', column({ values: [1, Number.NaN] }), 'of type DOUBLE has the value NaN'],
    ['a fraction among integers', column({ type: 'INT32', values: [1, 1.5] }), 'of type INT32 has the value 1.5'],
    ['a text among truth values', column({ type: 'BOOLEAN', values: [true, 'no'] }), 'has the value no'],
  ])('are refused with %s', (_, columns, problem) => {
    expect(() => rankingCsv(RANKING, columns)).toThrow(problem);
    expect(() => rankingParquet(RANKING, columns)).toThrow(problem);
  });
});
