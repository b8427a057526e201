import { IntegrityError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import type { FilePart } from '../io/store/file-part.ts';
import type { ObjectStore } from '../io/store/store.ts';
import type { StudentSession } from '../models/student-session.ts';
import type { EncodedPruning } from '../pruning/pruning.ts';
import type { ChunkRange } from '../screen/blocks.ts';
import type { ChunkResult } from '../screen/chunk-result.ts';
import type { ChunkScreener } from '../screen/chunk-screener.ts';
import { ClassAmounts, longestPossibleList } from '../screen/class-amounts.ts';
import type { RankingLimits } from '../screen/ranking-limits.ts';
import type { CompositionSource } from '../sources/source.ts';
import { recordedSpace, spaceScreener } from '../sources/space-source.ts';
import type { Space } from '../space/space.ts';
import type { SpaceDefinition } from '../space/space-file.ts';
import { classesOfLines, type SpaceSegment } from '../space/space-segments.ts';
import { CHUNKS_PER_PART, decodePlanIndex, type PlanIndex } from './plan-index.ts';
import { type PlanFile, planKey } from './run-keys.ts';
import { damagedPlan, decodeChunkList, type RunPlan, type RunRecord } from './run-plan.ts';
import { loadPlan, loadPlanFile, loadRunRecord } from './run-store.ts';

/** A planned run, as one chunk after the other needs it. */
export interface ChunkPlan extends Pick<RunPlan, 'runId' | 'student' | 'options' | 'pruning'> {
  readonly studentBytes: Uint8Array;
  /** A chunk as it was planned, or undefined if there is none of that number. */
  range(chunk: number): Promise<ChunkRange | undefined>;
  readonly screener: CompositionSource['screener'];
}

/**
 * Load a plan for screening chunks of it. Of a space only the parts are read that a chunk lies in, when it is screened;
 * each is checked by its hash.
 *
 * @returns undefined if the run is not planned yet
 * @throws {InputError} if it describes another run
 * @throws {IntegrityError} if it is damaged, now or when a chunk is screened
 */
export async function loadChunkPlan(store: ObjectStore, runId: string): Promise<ChunkPlan | undefined> {
  const record = await loadRunRecord(store, runId);
  if (record === undefined) return undefined;
  const { student, options, pruning } = record;
  const described = { runId, student, options, pruning };
  if (record.list !== undefined) return { ...described, ...(await loadWhole(store, runId)) };
  const nameOf = (file: PlanFile): string => `${store.location}/${planKey(runId, file)}`;
  const [index, studentBytes] = await Promise.all([
    loadPlanFile(store, record, 'index.json').then((bytes) => decodePlanIndex(bytes, nameOf('index.json'))),
    loadPlanFile(store, record, 'student.onnx'),
  ]);
  return {
    ...described,
    studentBytes,
    range: (chunk) => readChunk(store, runId, index, chunk),
    screener: (student, limits, _, bounds) =>
      new SegmentScreener(store, record, index.space, { student, limits, bounds }),
  };
}

/** A list is read whole: its own index of rows is small. */
async function loadWhole(store: ObjectStore, runId: string) {
  const { plan, studentBytes } = (await loadPlan(store, runId)) as NonNullable<Awaited<ReturnType<typeof loadPlan>>>;
  const range = async (chunk: number): Promise<ChunkRange | undefined> => plan.chunks[chunk];
  return { studentBytes, range, screener: plan.source.screener };
}

async function readChunk(
  store: ObjectStore,
  runId: string,
  { chunks }: PlanIndex,
  chunk: number,
): Promise<ChunkRange | undefined> {
  const part = chunks[Math.floor(chunk / CHUNKS_PER_PART)];
  if (part === undefined) return undefined;
  const { bytes, name } = await readParts(store, runId, 'chunks.json', [part]);
  const lines = Buffer.from(bytes).toString().replace(/,?\n$/, '');
  return decodeChunkList(`[${lines}]`, name).at(chunk % CHUNKS_PER_PART);
}

/** What screens the segments. */
interface SegmentScoring {
  readonly student: StudentSession;
  readonly limits: RankingLimits;
  readonly bounds: EncodedPruning | undefined;
}

/** Screens chunks of a space by the segments that they lie in. Chunks of the same segments share what is kept for them. */
class SegmentScreener implements ChunkScreener {
  private readonly store: ObjectStore;
  private readonly record: RunRecord;
  private readonly segments: readonly SpaceSegment[];
  private readonly scoring: SegmentScoring;
  private readonly definition: SpaceDefinition;
  private readonly amounts: ClassAmounts;
  private last: Promise<unknown> = Promise.resolve();
  private open: { readonly first: number; readonly last: number; readonly screener: ChunkScreener } | undefined;

  constructor(store: ObjectStore, record: RunRecord, segments: readonly SpaceSegment[], scoring: SegmentScoring) {
    this.store = store;
    this.record = record;
    this.segments = segments;
    this.scoring = scoring;
    this.definition = recordedSpace(record, `${store.location}/${planKey(record.runId, 'run.json')}`);
    this.amounts = new ClassAmounts(
      scoring.student,
      this.definition.maxCoefficient,
      longestPossibleList(this.definition),
    );
  }

  /** Chunks that are asked for at once are screened one after the other: they share buffers. */
  screen(...chunk: Parameters<ChunkScreener['screen']>): Promise<ChunkResult> {
    const result = this.last.then(() => this.screenNext(...chunk));
    this.last = result.catch(() => undefined);
    return result;
  }

  private async screenNext(...[range, runId, onScreened]: Parameters<ChunkScreener['screen']>): Promise<ChunkResult> {
    const first = this.segments.findIndex(({ compositionsEnd }) => range.start < compositionsEnd);
    const last = this.segments.findIndex(({ compositionsEnd }) => range.end <= compositionsEnd);
    if (this.open?.first !== first || this.open.last !== last) {
      const { student, limits, bounds } = this.scoring;
      const screener = spaceScreener(await this.read(first, last), student, limits, bounds, this.amounts);
      this.open = { first, last, screener };
    }
    return this.open.screener.screen(range, runId, onScreened);
  }

  /** A space of which only the segments `first` to `last` (inclusive) are there. */
  private async read(first: number, last: number): Promise<Space> {
    const { store, record } = this;
    const segments = this.segments.slice(first, last + 1);
    const read = (file: 'classes.json' | 'systems.bin') =>
      readParts(
        store,
        record.runId,
        file,
        segments.map((segment) => segment[partOf[file]]),
      );
    const [lines, systems] = await Promise.all([read('classes.json'), read('systems.bin')]);
    return {
      definition: this.definition,
      classes: classesOfLines(
        Buffer.from(lines.bytes).toString(),
        this.segments[first - 1]?.compositionsEnd ?? 0,
        lines.name,
      ),
      systems: systems.bytes,
      compositions: record.counts.compositions,
    };
  }
}

const partOf = { 'classes.json': 'classes', 'systems.bin': 'systems' } as const;

async function readParts(store: ObjectStore, runId: string, file: PlanFile, parts: readonly FilePart[]) {
  const key = planKey(runId, file);
  const name = `${store.location}/${key}`;
  const from = parts[0].start;
  const bytes = await store.getRange(key, from, parts[parts.length - 1].end).catch(async (error: unknown) => {
    if (error instanceof IntegrityError) throw damagedPlan(error.problem, name);
    throw (await store.list(key)).includes(key) ? error : damagedPlan('it is missing', name);
  });
  for (const { start, end, sha256: expected } of parts) {
    const actual = sha256(bytes.subarray(start - from, end - from));
    if (actual !== expected)
      throw damagedPlan(`the SHA-256 of bytes ${start} to ${end} is ${actual}, and index.json says ${expected}`, name);
  }
  return { bytes, name };
}
