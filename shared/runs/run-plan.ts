import type { CloudWork } from '../cost/cloud-simulation.ts';
import { type CostEstimate, estimateCost, type ScreenPlatform } from '../cost/cost-estimate.ts';
import { IntegrityError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import { readSealedJson, sealJson } from '../io/store/sealed-json.ts';
import { type Companions, companionsIdentity } from '../models/companions.ts';
import type { Pruning } from '../pruning/pruning.ts';
import { RUN_ID_LENGTH } from '../run-id.ts';
import type { ChunkRange } from '../screen/blocks.ts';
import { optionsIdentity, type RunOptions, runOptions } from '../screen/run-options.ts';
import { fields, integer, listOf, type Refuse, readJson, readShape, type Shape } from '../shape.ts';
import type { CompositionSource, SourceCounts, SourceRecord } from '../sources/source.ts';
import { runRecord } from './run-shapes.ts';

/**
 * Goes into every run id: to be raised when the same source, student and options would give other results, or when plans are
 * stored otherwise. So a version never meets a run that it cannot read where it looks for its own.
 */
const FORMAT = 4;

/** The student of a run. */
export interface RunStudent {
  readonly name: string; // of its file
  readonly hash: string; // SHA-256 of its bytes, hexadecimal
  readonly threshold: number; // probability from which a composition passes
}

/** A run, planned: what to screen with what, and in which chunks. */
export interface RunPlan {
  readonly runId: string;
  readonly source: CompositionSource;
  readonly student: RunStudent;
  readonly companions: Companions;
  readonly options: RunOptions;
  readonly pruning?: Pruning | undefined; // if the options ask for it
  readonly chunks: readonly ChunkRange[]; // tile the source, in index order
}

/** What a run has to do, as far as its cost depends on it. */
export type RunWork = Pick<CloudWork, 'compositions' | 'rate'>;

/**
 * Name of a run: equal for equal results. The number of chunks does not matter, so it is no part of it.
 *
 * @param identity of the source
 */
export function runIdOf(
  identity: readonly unknown[],
  studentHash: string,
  companions: Companions,
  options: RunOptions,
): string {
  const all = [FORMAT, ...identity, studentHash, companionsIdentity(companions), optionsIdentity(options)];
  return sha256(JSON.stringify(all)).slice(0, RUN_ID_LENGTH);
}

/** What `run.json` says. */
export interface RunRecord extends SourceRecord {
  readonly format: number;
  readonly runId: string;
  readonly student: RunStudent;
  readonly companions: Companions;
  readonly options: RunOptions;
  readonly pruning?: Pruning;
  readonly counts: SourceCounts & { readonly chunks: number };
  readonly costEstimate: CostEstimate; // of the same run in the cloud
  readonly files: Readonly<Record<string, string>>; // SHA-256 of the other files of the plan, by name
}

/** `run.json` of a plan, with a hash of its own: nothing else vouches for counts and estimate. */
export function encodeRunRecord(record: RunRecord): Uint8Array {
  return sealJson(record);
}

/**
 * @param files SHA-256 of the other files of the plan, by name
 * @param platform that the cost is estimated for
 */
export function runRecordOf(
  plan: RunPlan,
  work: RunWork,
  files: Readonly<Record<string, string>>,
  platform: ScreenPlatform,
): RunRecord {
  const { runId, source, student, companions, options, pruning, chunks } = plan;
  const { counts, ...described } = source.record;
  return {
    format: FORMAT,
    runId,
    ...described,
    student,
    companions,
    options,
    ...(pruning && { pruning: { threshold: pruning.threshold, work: pruning.work } }),
    counts: { ...counts, chunks: chunks.length },
    costEstimate: estimateCost(work.compositions, chunks.length, work.rate, platform),
    files,
  };
}

const RECORD = runRecord(FORMAT);

/** Read `run.json`; its run id is checked by who knows the source. Throws {@link IntegrityError} if it is damaged. */
export function decodeRunRecord(bytes: Uint8Array, name: string): RunRecord {
  const record = readSealedJson(RECORD, bytes, damagedIn(name));
  return { ...record, options: runOptions(record.options, name) };
}

/** `chunks.json`: one item a chunk, which is also the event that has it screened. */
export function encodeChunkList(runId: string, chunks: readonly ChunkRange[]): string {
  const items = chunks.map(({ chunk, start, end }) => JSON.stringify({ runId, chunk, start, end }));
  return `[\n${items.join(',\n')}\n]\n`;
}

const CHUNKS: Shape<ChunkRange[]> = listOf(fields({ chunk: integer(), start: integer(), end: integer() }));

/** Read `chunks.json`, whose hash was checked before. */
export function decodeChunkList(text: string, name: string): ChunkRange[] {
  return readShape(CHUNKS, readJson(text, damagedIn(name), JSON.parse), damagedIn(name));
}

/** A plan that cannot be used. */
export function damagedPlan(problem: string, name: string, column?: string): IntegrityError {
  return new IntegrityError(
    problem,
    { file: name, column },
    "The plan is damaged: delete the run's directory and start again.",
  );
}

/** Makes the error of a file of a plan, to read it with. */
export function damagedIn(name: string): Refuse {
  return (problem, column) => damagedPlan(problem, name, column);
}
