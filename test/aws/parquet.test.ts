import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseCsv } from '../../shared/io/tables/csv.ts';
import type { RankingColumn } from '../../shared/ranking/columns.ts';
import { RANKING_COLUMNS } from '../../shared/ranking/ranking.ts';
import { rankingParquet } from '../../shared/ranking/ranking-files.ts';
import { decodeSummary } from '../../shared/report/summary.ts';
import { outputKey } from '../../shared/runs/run-keys.ts';
import { runCli } from '../run-cli.ts';
import { ROOT } from './harness/install.ts';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('read-parquet.py', import.meta.url));
const READERS = ['duckdb', 'pandas'] as const;
type Reader = (typeof READERS)[number];

/** Names that the readers have for the types of a ranking; all of them Athena reads too. */
const TYPES: Readonly<Record<string, Readonly<Record<Reader, string>>>> = {
  INT32: { duckdb: 'INTEGER', pandas: 'int32[pyarrow]' },
  INT64: { duckdb: 'BIGINT', pandas: 'int64[pyarrow]' },
  DOUBLE: { duckdb: 'DOUBLE', pandas: 'double[pyarrow]' },
  FLOAT: { duckdb: 'FLOAT', pandas: 'float[pyarrow]' },
  BOOLEAN: { duckdb: 'BOOLEAN', pandas: 'bool[pyarrow]' },
  STRING: { duckdb: 'VARCHAR', pandas: 'string[pyarrow]' },
};
const RANKING_TYPES = ['INT32', 'INT64', 'STRING', 'STRING', 'DOUBLE', 'FLOAT'];

interface Read {
  readonly types: Readonly<Record<string, string>>; // by column, in order
  readonly rows: readonly (readonly unknown[])[];
}

let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ionsieve-parquet-'));
});
afterAll(() => rm(scratch, { recursive: true }));

async function readBack(path: string): Promise<Record<Reader, Read>> {
  const { stdout } = await run(inject('tools').python, [SCRIPT, path], { maxBuffer: 1e8 });
  return JSON.parse(stdout);
}

describe('ranking.parquet, read by DuckDB and by pandas', () => {
  it('of a run has the lines of ranking.csv, in its order', async () => {
    const { code, stdout, stderr } = await runCli(ROOT, 'screen', '--space', 'small', '--out', scratch, '--json');
    expect(code, stderr).toBe(0);
    const { runId, columns } = decodeSummary(Buffer.from(stdout));
    const at = (file: string): string => join(scratch, outputKey(runId, file));
    const names = [...RANKING_COLUMNS, ...Object.keys(columns)];
    const { rows } = parseCsv(await readFile(at('ranking.csv'), 'utf8'), 'ranking.csv', names);
    const read = await readBack(at('ranking.parquet'));
    for (const reader of READERS) {
      const { types, rows: told } = read[reader];
      expect(Object.keys(types)).toEqual(names);
      expect(told).toHaveLength(rows.length);
      names.forEach((name, c) => {
        const isSingle = types[name] === TYPES.FLOAT[reader]; // written in CSV with as few digits as tell it apart
        const shown = (row: readonly unknown[]): unknown =>
          isSingle ? Math.fround(row[c] as number) : String(row[c] ?? '');
        const written = rows.map((row) => (isSingle ? Math.fround(row.number(name)) : row.text(name)));
        expect([name, told.map(shown)]).toEqual([name, written]);
      });
    }
  });

  it('has a type and null in every kind of column', async () => {
    const values = { INT32: 7, DOUBLE: 0.1, BOOLEAN: true, STRING: 'é "quoted", 1' } as const;
    const kinds = Object.keys(values) as (keyof typeof values)[];
    const columns = kinds.map(
      (type): RankingColumn => ({
        name: type.toLowerCase(),
        type,
        description: '',
        values: [null, values[type]],
      }),
    );
    const line = { rank: 1, index: 2 ** 53 - 1, formula: 'Li3PS4', system: 'Li-P-S', probability: 0.98, logit: 4 };
    const path = join(scratch, 'kinds.parquet');
    await writeFile(path, rankingParquet([line, { ...line, rank: 2, logit: Math.fround(0.1) }], columns));
    const read = await readBack(path);
    for (const reader of READERS) {
      const { types, rows } = read[reader];
      expect(Object.values(types)).toEqual([...RANKING_TYPES, ...kinds].map((type) => TYPES[type][reader]));
      expect(rows).toEqual([
        [1, 2 ** 53 - 1, 'Li3PS4', 'Li-P-S', 0.98, 4, null, null, null, null],
        [2, 2 ** 53 - 1, 'Li3PS4', 'Li-P-S', 0.98, Math.fround(0.1), ...Object.values(values)],
      ]);
    }
  });

  it('keeps its types where nothing is ranked', async () => {
    const path = join(scratch, 'empty.parquet');
    await writeFile(path, rankingParquet([]));
    const read = await readBack(path);
    for (const reader of READERS) {
      const types = RANKING_COLUMNS.map((name, i) => [name, TYPES[RANKING_TYPES[i]][reader]]);
      expect(read[reader]).toEqual({ types: Object.fromEntries(types), rows: [] });
    }
  });
});
