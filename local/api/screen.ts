import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { parseCriteria } from '../../shared/criteria/criteria.ts';
import { InputError } from '../../shared/errors.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { fileInputs, type Inputs } from '../../shared/io/store/inputs.ts';
import type { RunSummary, TopComposition } from '../../shared/report/summary.ts';
import { decodeSummary } from '../../shared/report/summary.ts';
import { loadOutput } from '../../shared/runs/run-outputs.ts';
import type { RankingOptionName, RunArguments } from '../../shared/screen/run-option-table.ts';
import { withCriteria } from '../../shared/screen/run-options.ts';
import { type FinishedRun, type LocalRun, runLocally } from '../run-locally.ts';
import type { RunWatch, WorkDone } from '../run-watch.ts';
import { DEFAULT_SPACE, findSpaceFile } from '../shipped/spaces.ts';
import { findStudent } from '../shipped/students.ts';
import { asLibrary, LIBRARY_OPTIONS } from './as-library.ts';
import type { SpaceFile } from './space.ts';

/**
 * What is screened, how it is ranked (docs/reference/run-options.md says what each option does), and where it is kept.
 */
export interface ScreenOptions extends RunArguments<RankingOptionName | 'chunks'> {
  /** Name of a shipped space, path of a space file, or what such a file says. @default 'ionic-quinary' */
  readonly space?: string | SpaceFile;
  /** In place of a space: path of a table with a column of formulas (CSV, Excel workbook or Parquet), or of a folder of such files. */
  readonly compositions?: string;
  /** `labels`, `measured`, or a path. @default 'labels' */
  readonly student?: string;
  /** Path, or `none`. @default the one beside the student, if there is one */
  readonly committee?: string;
  /** Path of the labels that the student learned from. @default those beside the student, if there are any */
  readonly labels?: string;
  /** Path of a CSV of measured conductivities, to be told in the ranking. */
  readonly measured?: string;
  /** Directory where runs are kept. The same options again go on with a run. */
  readonly out: string;
  /** Threads. @default as many as the machine runs at once */
  readonly workers?: number;
  /** Stops screening; finished chunks are kept. `screen` then rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Told now and then how far it is. */
  readonly onProgress?: (progress: ScreenProgress) => void;
  /** Told what is worth knowing though it is no result, such as that a damaged chunk is screened anew. */
  readonly onNote?: (note: string) => void;
}

/** How far a screening is. */
export interface ScreenProgress {
  readonly stage: 'screening' | 'ranking'; // ranking: scoring finalists by the committee
  readonly done: number; // compositions, those of an earlier process included
  readonly total: number; // compositions
}

/** A finished screening. */
export interface Screening {
  readonly runId: string;
  readonly directory: string; // absolute path of ranking.csv, ranking.parquet, summary.json and report.html
  readonly summary: RunSummary; // what summary.json says
  /**
   * The whole ranking with all its columns, the best first.
   *
   * @throws {IntegrityError} if its file is damaged
   */
  ranking(): Promise<TopComposition[]>;
}

const LOOK_MS = 250; // between two calls of onProgress
const IN_MEMORY = 'space'; // name of a space that is no file

/**
 * Screen a composition space, or a list, on threads of this process: the same run as of `ionsieve screen`, with the same
 * run id and the same bytes.
 *
 * @throws {InputError} if options or files are not usable, or somebody else is at work on the run
 * @throws {IntegrityError} if a stored file of the run is damaged and cannot be made again
 * @example
 * import { screen } from 'ionsieve';
 *
 * const { summary, directory, ranking } = await screen({
 *   space: 'small',
 *   exclude: ['toxic'],
 *   out: 'runs-of-mine',
 *   signal: AbortSignal.timeout(600_000),
 *   onProgress: ({ stage, done, total }) => console.log(`${stage}: ${done} of ${total}`),
 * });
 * console.log(`${summary.passed} of ${summary.screened} pass; the report is in ${directory}`);
 * for (const { rank, formula, probability } of (await ranking()).slice(0, 3)) console.log(rank, formula, probability);
 */
export function screen(options: ScreenOptions): Promise<Screening> {
  return asLibrary(async () => {
    options.signal?.throwIfAborted();
    const signal = AbortSignal.any(options.signal === undefined ? [] : [options.signal]); // its listeners go with it
    const run = localRun(options);
    const finished = await runLocally(run, watchOf(options), (work) => work(signal));
    return screeningOf(run.out, finished);
  });
}

function localRun(options: ScreenOptions): LocalRun {
  if (options.space !== undefined && options.compositions !== undefined)
    throw new InputError('a space and compositions are given', {}, 'Give one of them.');
  const { space = DEFAULT_SPACE, compositions, committee, measured, out, chunks } = options;
  const { student, labels } = findStudent(options.student);
  const { criteria, ...ranking } = withCriteria(options);
  return {
    ...(compositions === undefined ? named(space) : { compositions: resolve(compositions) }),
    student,
    committee,
    measured,
    labels: options.labels ?? labels,
    ...ranking,
    criteria: criteria && parseCriteria(criteria, LIBRARY_OPTIONS),
    chunks,
    out,
    workers: threads(options.workers),
  };
}

function threads(workers = availableParallelism()): number {
  if (Number.isInteger(workers) && workers > 0) return workers;
  throw new InputError(`${workers} is no number of threads`, { column: 'workers' }, 'Give an integer above 0.');
}

/** A space as planning finds it. */
function named(space: string | SpaceFile): Pick<LocalRun, 'space' | 'inputs'> {
  if (typeof space === 'string') return { space: findSpaceFile(space) };
  const bytes = Buffer.from(JSON.stringify(space));
  const inputs: Inputs = { ...fileInputs, read: async (name) => (name === IN_MEMORY ? bytes : fileInputs.read(name)) };
  return { space: IN_MEMORY, inputs };
}

function watchOf({ onProgress, onNote }: ScreenOptions): RunWatch {
  const tell = (stage: ScreenProgress['stage'], { done, before = 0, total = 0 }: WorkDone): void =>
    onProgress?.({ stage, done: before + done, total });
  const note = (text: string): void => onNote?.(text);
  return {
    note,
    planning: (work) => work,
    screening(look) {
      const timer = setInterval(() => tell('screening', look()), LOOK_MS);
      timer.unref();
      return { note, finish: () => tell('screening', look()), stop: () => clearInterval(timer) };
    },
    ranking: (work) => work((done, total) => tell('ranking', { done, total })),
  };
}

function screeningOf(out: string, { runId, summary }: FinishedRun): Screening {
  return {
    runId,
    directory: resolve(join(out, 'runs', runId)),
    summary: decodeSummary(summary),
    async ranking() {
      const { buffer, byteOffset, byteLength } = await loadOutput(new DirectoryStore(out), runId, 'ranking.parquet');
      const file = (buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength);
      const rows = await parquetReadObjects({ file });
      return rows.map((row) => ({ ...row, index: Number(row.index) })) as TopComposition[];
    },
  };
}
