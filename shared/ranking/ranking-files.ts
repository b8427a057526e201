import { parquetWriteBuffer } from 'hyparquet-writer';
import { formatCsv } from '../io/tables/csv.ts';
import type { SkippedRows } from '../screen/skipped-rows.ts';
import { checkColumns, type RankingColumn, type RankingValue } from './columns.ts';
import { formatFloat32, RANKING_COLUMNS, type RankedComposition } from './ranking.ts';

/** `ranking.csv`: a header and one line per composition; further columns come last. Throws as {@link checkColumns}. */
export function rankingCsv(ranking: readonly RankedComposition[], columns: readonly RankingColumn[] = []): Uint8Array {
  checkColumns(columns, ranking.length, RANKING_COLUMNS);
  const rows = ranking.map(({ rank, index, formula, system, probability, logit }, i) => [
    ...[rank, index, formula, system, probability, formatFloat32(logit)],
    ...columns.map(({ values }) => cellOf(values[i])),
  ]);
  return Buffer.from(formatCsv([...RANKING_COLUMNS, ...columns.map(({ name }) => name)], rows));
}

function cellOf(value: RankingValue): string | number {
  return typeof value === 'boolean' ? String(value) : (value ?? '');
}

/** `ranking.parquet`: the same columns; equal rankings give equal bytes. Throws as {@link checkColumns}. */
export function rankingParquet(
  ranking: readonly RankedComposition[],
  columns: readonly RankingColumn[] = [],
): Uint8Array {
  checkColumns(columns, ranking.length, RANKING_COLUMNS);
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'rank', data: Int32Array.from(ranking, ({ rank }) => rank), type: 'INT32' },
      { name: 'index', data: BigInt64Array.from(ranking, ({ index }) => BigInt(index)), type: 'INT64' },
      { name: 'formula', data: ranking.map(({ formula }) => formula), type: 'STRING' },
      { name: 'system', data: ranking.map(({ system }) => system), type: 'STRING' },
      { name: 'probability', data: Float64Array.from(ranking, ({ probability }) => probability), type: 'DOUBLE' },
      { name: 'logit', data: Float32Array.from(ranking, ({ logit }) => logit), type: 'FLOAT' },
      ...columns.map(({ name, type, values }) => ({ name, type, data: [...values], nullable: true })),
    ],
  });
  return new Uint8Array(buffer);
}

/** `skipped.csv` of a list: rows that have no score, with the reason. */
export function skippedCsv({ rows }: SkippedRows): Uint8Array {
  const lines = rows.map(({ index, formula, reason, problem }) => [index, formula, reason, problem]);
  return Buffer.from(formatCsv(['index', 'formula', 'reason', 'problem'], lines));
}
