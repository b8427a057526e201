import type { ObjectStore } from '../io/store/store.ts';
import { decodeLabels } from '../labels/labels-file.ts';
import { readMeasured } from '../labels/measured.ts';
import { mergePolymorphs } from '../labels/merge-polymorphs.ts';
import { openCommittee } from '../models/committee-session.ts';
import { decodeCurves } from '../models/held-out-curves.ts';
import { openStudent, readStudentMetadata } from '../models/student-session.ts';
import { thresholdOf } from '../pruning/pruning.ts';
import type { MergedResult, MergeExpectation, StoredChunk } from '../ranking/merge.ts';
import { mergeChunks } from '../ranking/merge.ts';
import type { FullRanking } from '../ranking/rank-run.ts';
import { rankRun } from '../ranking/rank-run.ts';
import { rankingCsv, rankingParquet, skippedCsv } from '../ranking/ranking-files.ts';
import type { OnScored } from '../ranking/rescore.ts';
import type { PlanFile } from '../runs/run-keys.ts';
import { chunkKey, chunksPrefix, planKey } from '../runs/run-keys.ts';
import type { Outputs } from '../runs/run-outputs.ts';
import type { RunPlan } from '../runs/run-plan.ts';
import { damagedPlan } from '../runs/run-plan.ts';
import type { CompanionFiles, StoredPlan } from '../runs/run-store.ts';
import { loadCompanions, loadPlan } from '../runs/run-store.ts';
import { cutLimits } from '../screen/run-options.ts';
import type { RunSummary } from './summary.ts';
import { encodeSummary, summarize } from './summary.ts';

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
export async function rank(
  store: ObjectStore,
  { plan, studentBytes }: StoredPlan,
  files: CompanionFiles,
  { best, onScored }: MergedResult & { readonly onScored?: OnScored | undefined },
): Promise<FullRanking> {
  const { runId, source, options } = plan;
  const nameOf = (file: PlanFile): string => `${store.location}/${planKey(runId, file)}`;
  const { 'committee.onnx': model, 'labels.csv.gz': labels, 'measured.csv': measured } = files;
  const student = await openStudent(studentBytes, plan.student.name);
  const committee = model && (await openCommittee(model, nameOf('committee.onnx')));
  try {
    return await rankRun(source, best, options, {
      student,
      committee,
      onScored,
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
  const { reportPage } = await import('./report-page.ts');
  const student = readStudentMetadata(studentBytes, plan.student.name);
  return Buffer.from(reportPage({ ...full, summary, student, curves: curves && decodeCurves(curves, 'curves.json') }));
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
