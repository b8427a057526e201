import { IntegrityError, IonsieveError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import type { ConditionalStore, ObjectStore } from '../io/store/store.ts';
import { readStudentMetadata } from '../models/student-session.ts';
import { decodeSummary, type RunSummary, runName } from '../report/summary.ts';
import { outputKey, planKey } from '../runs/run-keys.ts';
import { loadOutput } from '../runs/run-outputs.ts';
import { type ComparedLine, compareRuns, parseComparedLines } from './compare-runs.ts';
import type { ComparedRuns } from './comparison-page.ts';
import { type RunInputs, runChanges } from './run-changes.ts';
import { precedingRun } from './run-history.ts';

/** A run and how it differs from the one of its kind that was finished before it. */
export interface LastComparison extends Required<ComparedRuns> {
  readonly beforeId: string; // run id
}

/** A comparison, why there is none, or that nothing was before. */
export type ComparisonOutcome =
  | { readonly kind: 'compared'; readonly compared: LastComparison }
  | { readonly kind: 'failed'; readonly problem: string }
  | { readonly kind: 'first' };

/**
 * Compare a finished run with the one of its kind before it. An earlier run, or a history, that is missing, damaged or of
 * another version is no failure of this run: the outcome says what is the matter.
 *
 * @throws {IntegrityError} if outputs of the run itself are damaged
 */
export async function compareWithLast(store: ConditionalStore, runId: string): Promise<ComparisonOutcome> {
  const after = await loadFinishedRun(store, runId);
  try {
    const beforeId = await precedingRun(store, after.inputs.summary);
    if (beforeId === undefined) return { kind: 'first' };
    return { kind: 'compared', compared: { beforeId, ...comparedRuns(await loadFinishedRun(store, beforeId), after) } };
  } catch (error) {
    if (error instanceof IonsieveError) return { kind: 'failed', problem: error.message };
    throw error; // such as a store that does not answer: trying again helps
  }
}

/**
 * Compare two finished runs of a store.
 *
 * @throws {IntegrityError} if outputs of one are damaged or missing
 */
export async function compareStored(
  store: ObjectStore,
  beforeId: string,
  afterId: string,
): Promise<Required<ComparedRuns>> {
  return comparedRuns(await loadFinishedRun(store, beforeId), await loadFinishedRun(store, afterId));
}

function comparedRuns(before: ComparableRun, after: ComparableRun): Required<ComparedRuns> {
  return {
    before: runName(before.inputs.summary),
    after: runName(after.inputs.summary),
    comparison: compareRuns(before.lines, after.lines),
    changes: runChanges(before.inputs, after.inputs),
  };
}

/** What a comparison needs of a finished run. */
export interface ComparableRun {
  readonly inputs: RunInputs;
  readonly lines: readonly ComparedLine[];
}

/**
 * Load of a run what a comparison needs.
 *
 * @throws {IntegrityError} if its outputs are damaged or missing
 */
export async function loadFinishedRun(store: ObjectStore, runId: string): Promise<ComparableRun> {
  const nameOf = (file: string): string => `${store.location}/${outputKey(runId, file)}`;
  const summary = decodeSummary(await loadOutput(store, runId, 'summary.json'), nameOf('summary.json'));
  if (summary.runId !== runId)
    throw new IntegrityError(
      `it describes run ${summary.runId}, not this one`,
      { file: nameOf('summary.json') },
      'Start that run again: it makes its outputs anew.',
    );
  const ranking = Buffer.from(await loadOutput(store, runId, 'ranking.csv')).toString();
  const teacherHash = await teacherOf(store, summary);
  return {
    inputs: { summary, ...(teacherHash === undefined ? {} : { teacherHash }) },
    lines: parseComparedLines(ranking, nameOf('ranking.csv')),
  };
}

/** Hash of the teacher of a run's student, if the plan still has that student. */
async function teacherOf(store: ObjectStore, { runId, student }: RunSummary): Promise<string | undefined> {
  const key = planKey(runId, 'student.onnx');
  const bytes = await store.get(key);
  if (bytes === undefined || sha256(bytes) !== student.hash) return undefined;
  return readStudentMetadata(bytes, `${store.location}/${key}`).teacherHash;
}
