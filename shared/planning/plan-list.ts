import { basename } from 'node:path';
import { cloudWork } from '../cost/cloud-simulation.ts';
import { InputError } from '../errors.ts';
import type { Inputs } from '../io/store/inputs.ts';
import { FORMULA_COLUMN } from '../io/tables/formula-column.ts';
import { indexRows } from '../io/tables/row-file.ts';
import { isTable } from '../io/tables/table-file.ts';
import type { ChunkRange } from '../screen/blocks.ts';
import { WINDOW_ROWS } from '../sources/list-screener.ts';
import { type CompositionList, type ListedFile, listIdentity, listRecord, listSource } from '../sources/list-source.ts';
import type { FileLocation } from '../sources/source.ts';
import type { PlanningRequest, PreparedSource, SourcePlan } from './prepared-source.ts';

/** Beside tables in a folder: the mark of a complete dataset, what people write about it, folders as empty objects, locks of Excel. */
const NO_DATA = /(^|[\\/])(READY|~\$[^\\/]*|README[^\\/]*|LICEN[CS]E[^\\/]*|[^\\/]*\.md|)$/i;

/** Rows that one vCPU reads, parses and scores in a second, about. */
const ROWS_PER_VCPU_SECOND = 5e4;
/** Rows that one vCPU counts and hashes in a second, about. */
const ROWS_INDEXED_PER_SECOND = 2e6;

/**
 * Read every file of a list once: count its rows and remember where they are.
 *
 * @param name a table, which may also be a text of formulas, or a folder of tables
 * @throws {InputError} if there are none, another file lies between them, or one lacks the column of formulas
 */
export async function prepareList(inputs: Inputs, name: string): Promise<PreparedSource> {
  const names = (await inputs.list(name)).filter((file) => file === name || !NO_DATA.test(file));
  const other = names.find((file) => file !== name && !isTable(file)); // what is named is read, whatever its name
  if (names.length === 0 || other !== undefined) {
    const problem =
      other === undefined ? 'there is no file' : `${basename(other)} is no CSV, Excel workbook or Parquet file`;
    const remedy = `Give one .csv, .tsv, .xlsx or .parquet file with a column ${FORMULA_COLUMN}, or a folder of nothing else.`;
    throw new InputError(problem, { file: name }, remedy);
  }
  const files: ListedFile[] = [];
  const locations: FileLocation[] = [];
  for (const location of names) {
    const source = await inputs.open(location);
    files.push({ name: basename(location), index: await indexRows(source) });
    locations.push({ location, version: source.version });
  }
  if (files.every(({ index }) => index.rows === 0))
    throw new InputError('the list has no rows', { file: name }, 'Give at least one formula.');
  const list = { name: basename(name), files };
  return {
    identity: listIdentity(listRecord(list)),
    locations,
    checkStudent: () => undefined, // rows that it cannot score are skipped and counted
    plan: async (request) => ({ source: listSource(list, locations), ...planList(list, request) }),
  };
}

/** Plan a list: its work and its chunks. A list has no systems that could be bounded. */
export function planList({ files }: CompositionList, { options, chunkCount }: PlanningRequest): SourcePlan {
  const rows = files.reduce((sum, { index }) => sum + index.rows, 0);
  const effort = { planSeconds: rows / ROWS_INDEXED_PER_SECOND, compositions: rows, systems: rows };
  const work = cloudWork({ ...effort, rate: ROWS_PER_VCPU_SECOND }, options);
  return { work, ranges: cutIntoWindows(rows, chunkCount(work)) };
}

/** Chunks of whole windows, of which the last may be shorter. */
function cutIntoWindows(rows: number, count: number): ChunkRange[] {
  const windows = Math.ceil(rows / WINDOW_ROWS);
  const chunks = Math.min(count, windows);
  const startOf = (chunk: number): number => Math.min(rows, Math.floor((chunk * windows) / chunks) * WINDOW_ROWS);
  return Array.from({ length: chunks }, (_, chunk) => ({ chunk, start: startOf(chunk), end: startOf(chunk + 1) }));
}
