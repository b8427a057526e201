import type { ObjectStore } from '../shared/io/store.ts';
import { decodeLabels } from '../shared/labels/labels-file.ts';
import { mergePolymorphs } from '../shared/labels/merge-polymorphs.ts';
import { openCommittee } from '../shared/onnx/committee-session.ts';
import { openStudent, readStudentMetadata } from '../shared/onnx/student-session.ts';
import { readMeasured } from '../shared/ranking/measured.ts';
import { type MergedResult, type MergeExpectation, mergeChunks, type StoredChunk } from '../shared/ranking/merge.ts';
import { type FullRanking, rankRun } from '../shared/ranking/rank-run.ts';
import { rankingCsv, rankingParquet, skippedCsv } from '../shared/ranking/ranking-files.ts';
import type { OnScored } from '../shared/ranking/rescore.ts';
import { encodeSummary, type Outputs, storeOutputs } from '../shared/report/run-outputs.ts';
import { type RunSummary, sourceName, summarize } from '../shared/report/summary.ts';
import { thresholdOf } from '../shared/screen/pruning.ts';
import { chunkKey, chunksPrefix, outputKey, type PlanFile, planKey } from '../shared/screen/run-keys.ts';
import { cutLimits } from '../shared/screen/run-options.ts';
import { damagedPlan, type RunPlan } from '../shared/screen/run-plan.ts';
import { type CompanionFiles, loadCompanions, loadPlan, type StoredPlan } from '../shared/screen/run-store.ts';
import { decodeCurves } from '../shared/student/held-out-curves.ts';
import { readEvent } from './events.ts';
import { observed } from './observe.ts';
import { once } from './once.ts';
import { cloudRuntime } from './runtime.ts';

/** What reducing a run needs. */
export interface ReduceRuntime {
  readonly store: ObjectStore;
  readonly onScored?: OnScored; // by the committee
}

/** What came out of a run. */
export interface ReduceReceipt {
  readonly runId: string;
  readonly ranking: string; // key of ranking.csv
  readonly ranked: number;
  readonly screened: number;
  readonly passed?: number; // unknown where compositions were bounded away
  readonly bounded?: number; // compositions
  readonly top: readonly { readonly rank: number; readonly formula: string; readonly probability: number }[];
  readonly message: string; // the same for a reader
}

/** Parse, merge, rank, store, acknowledge. The outputs of equal chunk results are equal bytes, so retries are safe. */
export function createHandler(load: () => Promise<ReduceRuntime>): (event: unknown) => Promise<ReduceReceipt> {
  const runtime = once(load);
  return async (event) => {
    const runId = readEvent(event, 'reduce').text('runId');
    const { store, onScored } = await runtime();
    const { summary, outputs } = await reduceRun(store, runId, onScored);
    await storeOutputs(store, runId, outputs);
    return receiptOf(summary, store.location);
  };
}

/** What the chunk results of a run come to. */
export interface ReducedRun {
  readonly stored: StoredPlan;
  readonly result: MergedResult;
  readonly summary: RunSummary;
  readonly outputs: Outputs;
}

/**
 * Merge, rank and describe a run; stores nothing.
 *
 * @throws {IntegrityError} if the plan or a chunk result is damaged, missing or of another run
 */
export async function reduceRun(store: ObjectStore, runId: string, onScored?: OnScored): Promise<ReducedRun> {
  const stored = await loadPlan(store, runId);
  if (stored === undefined) throw damagedPlan('it is missing', `${store.location}/${planKey(runId, 'run.json')}`);
  const { plan } = stored;
  const result = await mergeChunks(expectationOf(plan), storedChunks(store, plan));
  const files = await loadCompanions(store, runId);
  const full = await rank(store, stored, files, { ...result, onScored });
  const summary = summarize(plan, result, full);
  const outputs = {
    'ranking.csv': rankingCsv(full.ranking, full.columns),
    'ranking.parquet': rankingParquet(full.ranking, full.columns),
    ...(summary.skipped === undefined ? {} : { 'skipped.csv': skippedCsv(result.skipped) }),
    'summary.json': encodeSummary(summary),
    'report.html': await report(stored, files, summary, full),
  };
  return { stored, result, summary, outputs };
}

function expectationOf({ runId, source, student, options, pruning, chunks }: RunPlan): MergeExpectation {
  const limits = cutLimits(options);
  return {
    runId,
    studentHash: student.hash,
    compositions: source.size,
    chunks,
    merger: () => source.merger(limits),
    ranking: pruning && { length: limits.top, threshold: thresholdOf(pruning) },
  };
}

/** Rank with the models and data that the plan keeps; one thread, as products may round otherwise with more. */
async function rank(
  store: ObjectStore,
  { plan, studentBytes }: StoredPlan,
  files: CompanionFiles,
  { best, onScored }: MergedResult & Pick<ReduceRuntime, 'onScored'>,
): Promise<FullRanking> {
  const { runId, source, options } = plan;
  const nameOf = (file: PlanFile): string => `${store.location}/${planKey(runId, file)}`;
  const { 'committee.onnx': model, 'labels.csv.gz': labels, 'measured.csv': measured } = files;
  const student = await openStudent(studentBytes, plan.student.name);
  const committee = model && (await openCommittee(model, nameOf('committee.onnx')));
  try {
    return await rankRun(source, best, options, {
      ...{ student, committee, onScored },
      labels: labels && mergePolymorphs(decodeLabels(labels, nameOf('labels.csv.gz'))),
      measured: measured && readMeasured(measured, nameOf('measured.csv'), student.metadata.mobileIon),
    });
  } finally {
    await Promise.all([student.release(), committee?.release()]);
  }
}

/** Plots are loaded only here: it takes as long as to start a command. */
async function report(
  { plan, studentBytes }: StoredPlan,
  { 'curves.json': curves }: CompanionFiles,
  summary: RunSummary,
  full: FullRanking,
): Promise<Uint8Array> {
  const { reportPage } = await import('../shared/report/report-page.ts');
  const student = readStudentMetadata(studentBytes, plan.student.name);
  return Buffer.from(reportPage({ ...full, summary, student, curves: curves && decodeCurves(curves) }));
}

function receiptOf(summary: RunSummary, location: string): ReduceReceipt {
  const { runId, screened, passed, bounded, ranked, skipped } = summary;
  const top = summary.top.map(({ rank, formula, probability }) => ({ rank, formula, probability }));
  const ranking = outputKey(runId, 'ranking.csv');
  const message = [
    `${screened} compositions of ${sourceName(summary)} screened${passed === undefined ? '' : `; ${passed} reach probability ${summary.student.threshold}`}.`,
    ...(bounded === undefined ? [] : [`${bounded.compositions} bounded away: they cannot reach the ranking.`]),
    ...(skipped === undefined ? [] : [`${skipped.total} rows have no score.`]),
    ...top.map(({ rank, formula, probability }) => `${rank}. ${formula} ${probability.toFixed(6)}`),
    `${ranked} ranked in ${location}/${ranking}`,
  ].join('\n');
  return { runId, ranking, ranked, screened, passed, bounded: bounded?.compositions, top, message };
}

const READ_AT_ONCE = 16; // a store may take long to answer, and 10,000 results are many answers

/** Everything that lies where the chunk results are kept; the next ones are read while those before are merged. */
async function* storedChunks(store: ObjectStore, { runId, chunks }: RunPlan): AsyncGenerator<StoredChunk> {
  const places = new Map(chunks.map(({ chunk }) => [chunkKey(runId, chunk), chunk]));
  const keys = await store.list(chunksPrefix(runId));
  const read = (from: number): Promise<(Uint8Array | undefined)[]> => {
    const contents = Promise.all(keys.slice(from, from + READ_AT_ONCE).map((key) => store.get(key)));
    contents.catch(() => undefined); // thrown where it is awaited, if the merge comes so far
    return contents;
  };
  let next = read(0);
  for (let at = 0; at < keys.length; at += READ_AT_ONCE) {
    const contents = await next;
    next = read(at + READ_AT_ONCE);
    for (const [i, bytes] of contents.entries()) {
      const name = keys[at + i];
      if (bytes !== undefined) yield { name, chunk: places.get(name), bytes };
    }
  }
}

async function loadCloud(): Promise<ReduceRuntime> {
  return { store: (await cloudRuntime()).store };
}

export const handler = observed('reduce', createHandler(loadCloud), ({ ranked }) => ({ Ranked: ranked }));
