import type { Composition } from '../chemistry/formula.ts';
import { comparisonProblems } from '../comparison/stored-comparison.ts';
import { InputError, IonsieveError } from '../errors.ts';
import { fileInputs } from '../io/store/inputs.ts';
import type { ObjectStore } from '../io/store/store.ts';
import { indexRows } from '../io/tables/row-file.ts';
import { openEncoder } from '../models/student-head.ts';
import { openStudent, type StudentSession } from '../models/student-session.ts';
import { createRandom } from '../random.ts';
import type { OnScored } from '../ranking/rescore.ts';
import { formatCount } from '../report/page/words.ts';
import { type ReducedRun, reduceRun } from '../report/reduce-run.ts';
import { chunksPrefix, lockKey, outputKey, type PlanFile, planKey } from '../runs/run-keys.ts';
import { outputProblems, RUN_FILES } from '../runs/run-outputs.ts';
import type { RunRecord } from '../runs/run-plan.ts';
import { loadLocations, loadPlanFile, loadRunRecord } from '../runs/run-store.ts';
import { cutLimits } from '../screen/run-options.ts';
import { loadSpace } from '../sources/space-source.ts';
import { planProblems } from './plan-proof.ts';
import { referenceStudent } from './reference-student.ts';
import { checkBounds } from './verify-bounds.ts';
import { checkRanked, checkSample, drawRanked, LOGIT_TOLERANCE, type Rescore } from './verify-sample.ts';

/** How to verify a run. */
export interface VerifyOptions {
  readonly sample: number; // compositions to score anew, about
  readonly seed: number;
}

/** Who is told how it goes. */
export interface VerifyWatch {
  step<T>(what: string, work: Promise<T>): Promise<T>;
  scoring<T>(work: (onScored: OnScored) => Promise<T>): Promise<T>;
}

/** What is known of a run. */
export interface Verification {
  readonly runId: string;
  readonly location: string;
  readonly proved: readonly string[];
  readonly unproved: readonly string[]; // what could not be looked at, and why
  readonly problems: readonly string[]; // none if the run is whole
}

/** Gathers what the steps find. */
class Findings {
  readonly proved: string[] = [];
  readonly unproved: string[] = [];
  readonly problems: string[] = [];

  add(proved: string, problems: readonly string[]): void {
    if (problems.length === 0) this.proved.push(proved);
    else for (const problem of problems) this.problems.push(problem);
  }

  /** Do a step that may throw what is wrong. @returns undefined if it did */
  async try<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof IonsieveError)) throw error;
      this.problems.push([error.place.file, error.problem].filter((part) => part !== undefined).join(': '));
      return undefined;
    }
  }
}

/**
 * Prove a run complete and untouched: its id, the files of its plan, the chunk results, the outputs as they come out when
 * these are merged anew, and a sample of its scores by another way. Stores nothing; of a run only what reducing it needs
 * is in memory.
 *
 * @throws {InputError} if there is no such run
 */
export async function verifyRun(
  store: ObjectStore,
  runId: string,
  options: VerifyOptions,
  watch: VerifyWatch,
): Promise<Verification> {
  if ((await store.get(planKey(runId, 'run.json'))) === undefined && (await store.list(`runs/${runId}/`)).length === 0)
    throw new InputError('there is no such run', { file: `${store.location}/runs/${runId}` }, 'Check id and --out.');
  const findings = new Findings();
  const record = await findings.try(requireRecord(store, runId));
  if (record !== undefined) {
    await nameForeign(store, record, findings);
    await verifyRecorded(store, record, options, watch, findings);
  }
  const { proved, unproved, problems } = findings;
  return { runId, location: `${store.location}/runs/${runId}`, proved, unproved, problems };
}

async function requireRecord(store: ObjectStore, runId: string): Promise<RunRecord> {
  const record = await loadRunRecord(store, runId);
  if (record !== undefined) return record;
  throw new InputError('it is missing', { file: `${store.location}/${planKey(runId, 'run.json')}` }, 'Restore it.');
}

/** Files beside those of the run: nothing reads them, and nothing vouches for them. Merging looks into the folder of chunk results. */
async function nameForeign(store: ObjectStore, { runId, files }: RunRecord, findings: Findings): Promise<void> {
  const planned = ['run.json', 'inputs.json', ...Object.keys(files)].map((file) => planKey(runId, file as PlanFile));
  const known = new Set([...planned, ...RUN_FILES.map((file) => outputKey(runId, file))]);
  for (const key of await store.list(`runs/${runId}/`))
    if (key === lockKey(runId))
      findings.unproved.push(`that nobody works at the run while it is verified: ${key} is there`);
    else if (!known.has(key) && !key.startsWith(chunksPrefix(runId)))
      findings.unproved.push(`what ${key} is: no file of this run`);
}

async function verifyRecorded(
  store: ObjectStore,
  record: RunRecord,
  options: VerifyOptions,
  watch: VerifyWatch,
  findings: Findings,
): Promise<void> {
  const { runId } = record;
  const files = Object.keys(record.files).length;
  findings.proved.push('the run id is that of source, student, companions and options, and run.json has its own hash');
  const comparison = await comparisonProblems(store, runId);
  if (comparison !== undefined) findings.add('the comparison with the last run has its own hash', comparison);
  const broken = await watch.step('reading the plan', planProblems(store, record));
  findings.add(`the ${files} files of the plan have their hashes`, broken);
  if (broken.length > 0) {
    findings.unproved.push('chunk results, ranking and scores: the plan is damaged');
    return;
  }
  const reduced = await findings.try(watch.scoring((onScored) => reduceRun(store, runId, onScored)));
  findings.add(
    reduced === undefined
      ? 'the outputs have the hashes of their receipt'
      : 'the outputs have the hashes of their receipt, and are what the chunk results give when they are merged anew',
    await outputProblems(store, runId, reduced?.outputs),
  );
  if (reduced === undefined) {
    findings.unproved.push(
      'that the ranking is that of the chunk results, and the scores: not all chunk results are good',
    );
    return;
  }
  const { chunks, compositions } = record.counts;
  const results = chunks === 1 ? '1 chunk result is' : `${formatCount(chunks)} chunk results are`;
  findings.proved.push(
    `${results} whole, of this run: all ${formatCount(compositions)} compositions are accounted for`,
  );
  if (record.list !== undefined) await verifyList(store, record, findings);
  const scored = verifyScores(store, record, reduced, options, findings);
  await watch.step('scoring a sample', findings.try(scored));
}

/** The files of a list are no part of the run: they may be gone. */
async function verifyList(store: ObjectStore, record: RunRecord, findings: Findings): Promise<void> {
  const locations = await loadLocations(store, record.runId);
  for (const [i, { name, sha256 }] of (record.list?.files ?? []).entries()) {
    try {
      const index = await indexRows(await fileInputs.open(locations[i].location));
      if (index.sha256 === sha256) findings.proved.push(`${name} of the list is as it was`);
      else findings.unproved.push(`the rows of ${name}: it has changed since the run was planned`);
    } catch (error) {
      if (!(error instanceof IonsieveError)) throw error;
      findings.unproved.push(`the rows of ${name}: ${error.problem}`);
    }
  }
  findings.unproved.push('that no row which is not ranked had a place in the ranking: rows were not scored anew');
}

async function verifyScores(
  store: ObjectStore,
  record: RunRecord,
  reduced: ReducedRun,
  options: VerifyOptions,
  findings: Findings,
): Promise<void> {
  const { studentBytes } = reduced.stored;
  const student = await openStudent(studentBytes, record.student.name);
  try {
    const rescore = await rescorer(studentBytes, student, findings);
    if (rescore === undefined) return;
    if (record.list !== undefined) checkListed(reduced, options, rescore, findings);
    else await checkSpace(store, record, reduced, student, rescore, options, findings);
  } finally {
    await student.release();
  }
}

async function rescorer(bytes: Uint8Array, student: StudentSession, findings: Findings): Promise<Rescore | undefined> {
  try {
    const reference = referenceStudent(bytes, 'student.onnx');
    return ({ atomicNumbers, amounts }: Composition) =>
      reference(
        atomicNumbers.map((z) => student.rowOf(z)),
        amounts,
      );
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    findings.unproved.push(`the scores: ${error.problem}`);
    return undefined;
  }
}

function checkListed(
  { stored, result }: ReducedRun,
  { sample, seed }: VerifyOptions,
  rescore: Rescore,
  findings: Findings,
): void {
  const positions = drawRanked(result.best.indices, sample, createRandom(seed));
  const { ranked, largest, problems } = checkRanked(
    stored.plan.source.compositions(result.best),
    result.best.logits,
    positions,
    rescore,
  );
  findings.add(rescoredLine(ranked, largest), problems);
}

async function checkSpace(
  store: ObjectStore,
  record: RunRecord,
  { stored, result }: ReducedRun,
  student: StudentSession,
  rescore: Rescore,
  { sample, seed }: VerifyOptions,
  findings: Findings,
): Promise<void> {
  const nameOf = (file: PlanFile): string => `${store.location}/${planKey(record.runId, file)}`;
  const space = await loadSpace(record, (file) => loadPlanFile(store, record, file), nameOf);
  const limits = cutLimits(record.options);
  const { ranked, others, largest, problems } = checkSample(
    { space, limits, best: result.best },
    sample,
    seed,
    rescore,
  );
  findings.add(
    `${rescoredLine(ranked, largest)}; ${formatCount(others)} others of the space belong to it, and had no place in the ranking`,
    problems,
  );
  if (record.pruning === undefined || result.bounded === undefined || result.bounded.systems === 0) return;
  const encoder = await openEncoder(stored.studentBytes, record.student.name);
  try {
    const bounds = await checkBounds(
      space,
      student,
      { encoder, pruning: record.pruning },
      { count: Math.ceil(sample / 8), seed, rescore },
    );
    findings.add(
      `of ${formatCount(bounds.systems)} systems drawn, ${formatCount(bounds.spared)} are bounded away: ${formatCount(bounds.compositions)} of their compositions, scored anew, stay below the threshold`,
      bounds.problems,
    );
  } finally {
    await encoder.release();
  }
}

function rescoredLine(ranked: number, largest: number): string {
  if (ranked === 0) return 'nothing is ranked, so there is no logit to compute anew';
  return `${formatCount(ranked)} ranked compositions have their logits when they are computed by hand, in float64, within ${LOGIT_TOLERANCE} (largest difference ${largest.toExponential(1)})`;
}
