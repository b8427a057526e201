import { IonsieveError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import type { ObjectStore } from '../io/store/store.ts';
import { unpackGzip } from '../io/tables/gzip.ts';
import type { PlanFile } from '../runs/run-keys.ts';
import type { RunRecord } from '../runs/run-plan.ts';
import { loadPlanFile } from '../runs/run-store.ts';
import { LIST_FILE } from '../sources/list-source.ts';

const OF_EVERY_RUN = ['student.onnx', 'chunks.json'] as const;
const OF_SPACES = ['classes.json', 'systems.bin', 'index.json'] as const;

/**
 * What is wrong with the files of a plan: those that `run.json` vouches for have their hashes, those that a run needs are
 * among them, and student and companions have the hashes that the run id is made of.
 *
 * @param record whose run id was checked before
 * @returns one line for each problem
 */
export async function planProblems(store: ObjectStore, record: RunRecord): Promise<string[]> {
  const problems: string[] = [];
  const { files, student } = record;
  for (const file of [...OF_EVERY_RUN, ...(record.list === undefined ? OF_SPACES : [LIST_FILE])])
    if (!(file in files)) problems.push(`run.json does not vouch for ${file}`);
  if (files['student.onnx'] !== student.hash)
    problems.push(`run.json names student ${student.hash} and vouches for ${files['student.onnx']}`);
  for (const file of Object.keys(files) as PlanFile[]) {
    try {
      const problem = companionProblem(record, file, await loadPlanFile(store, record, file));
      if (problem !== undefined) problems.push(problem);
    } catch (error) {
      if (!(error instanceof IonsieveError)) throw error;
      problems.push(`${error.place.file}: ${error.problem}`);
    }
  }
  return problems;
}

/** The run id is made of what a companion is, so that it must be that file. */
function companionProblem({ companions }: RunRecord, file: PlanFile, bytes: Uint8Array): string | undefined {
  const named = {
    'committee.onnx': companions.committee,
    'labels.csv.gz': companions.labels,
    'measured.csv': companions.measured,
  };
  if (!(file in named)) return undefined;
  const companion = named[file as keyof typeof named];
  const expected = companion !== undefined && 'hash' in companion ? companion.hash : 'none';
  const content = file === 'labels.csv.gz' ? unpackGzip(bytes, file) : bytes;
  const actual = sha256(content);
  return actual === expected ? undefined : `the content of ${file} is ${actual}, and the run was made of ${expected}`;
}
