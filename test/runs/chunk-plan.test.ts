import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../shared/hash.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { fileInputs } from '../../shared/io/store/inputs.ts';
import { sealJson } from '../../shared/io/store/sealed-json.ts';
import { openStudent, type StudentSession } from '../../shared/models/student-session.ts';
import { type ChunkPlan, loadChunkPlan } from '../../shared/runs/chunk-plan.ts';
import { decodePlanIndex, encodePlanIndex } from '../../shared/runs/plan-index.ts';
import { type PlanFile, planKey } from '../../shared/runs/run-keys.ts';
import { type RunRecord, runIdOf } from '../../shared/runs/run-plan.ts';
import { loadRunRecord, storePlan } from '../../shared/runs/run-store.ts';
import { type ChunkRange, cutIntoChunks } from '../../shared/screen/blocks.ts';
import { encodeChunkResult } from '../../shared/screen/chunk-result.ts';
import { DEFAULT_LIMITS } from '../../shared/screen/ranking-limits.ts';
import { runOptions } from '../../shared/screen/run-options.ts';
import { spaceIdentity, spaceSource } from '../../shared/sources/space-source.ts';
import { buildSpace, classesToJson, type Space } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';
import { segmentSpace } from '../../shared/space/space-segments.ts';
import { randomStudent } from '../random-student.ts';

const SMALL = new URL('../../data/spaces/small.json', import.meta.url).pathname;
const studentBytes = randomStudent(['Li', 'B', 'O', 'P', 'S', 'Cl', 'Ge', 'Br', 'La'], 5);

/** A directory that tells how many bytes were read of which file. */
class CountingStore extends DirectoryStore {
  readonly read = new Map<string, number>();

  override async get(key: string): Promise<Uint8Array | undefined> {
    return this.count(key, await super.get(key));
  }

  override async getRange(key: string, start: number, end: number): Promise<Uint8Array> {
    return this.count(key, await super.getRange(key, start, end)) as Uint8Array;
  }

  private count(key: string, bytes: Uint8Array | undefined): Uint8Array | undefined {
    const file = key.slice(key.lastIndexOf('/') + 1);
    this.read.set(file, (this.read.get(file) ?? 0) + (bytes?.length ?? 0));
    return bytes;
  }
}

let root: string;
let space: Space;
let student: StudentSession;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-chunk-plan-'));
  space = buildSpace(parseSpace(await readFile(SMALL, 'utf8'), SMALL));
  student = await openStudent(studentBytes, 'student.onnx', 1);
});
afterAll(async () => {
  await student.release();
  await rm(root, { recursive: true });
});

let directories = 0;

interface Planned {
  readonly store: CountingStore;
  readonly runId: string;
  readonly chunks: readonly ChunkRange[];
}

/** A plan of the small space, whose index has segments of so many bytes. */
async function plan(chunks: readonly ChunkRange[], segmentBytes = 300): Promise<Planned> {
  const store = new CountingStore(join(root, `run-${directories++}`));
  const source = spaceSource(space);
  const companions = { committee: { absent: 'none' }, labels: { absent: 'none' } };
  const options = runOptions({ top: 100 }, 'test');
  const runId = runIdOf(spaceIdentity(space.definition), student.hash, companions, options);
  const named = { name: 'student.onnx', hash: student.hash, threshold: 0.5 };
  const planned = { runId, source, student: named, companions, options, chunks };
  const record = await storePlan(store, {
    plan: planned,
    work: { compositions: 1, rate: 1 },
    studentBytes,
    companionFiles: {},
  });
  const index = decodePlanIndex((await store.get(planKey(runId, 'index.json'))) as Uint8Array, 'index.json');
  const segments = segmentSpace(space, Buffer.from(classesToJson(space)), segmentBytes);
  const fine = encodePlanIndex({ ...index, space: segments });
  await store.put(planKey(runId, 'index.json'), fine);
  await putRecord(store, { ...record, files: { ...record.files, 'index.json': sha256(fine) } });
  store.read.clear();
  return { store, runId, chunks };
}

async function putRecord(store: CountingStore, record: Pick<RunRecord, 'runId' | 'files'>): Promise<void> {
  await store.put(planKey(record.runId, 'run.json'), sealJson(record));
}

async function load({ store, runId }: Planned): Promise<ChunkPlan> {
  return (await loadChunkPlan(store, runId)) as ChunkPlan;
}

async function screen(loaded: Pick<ChunkPlan, 'screener'>, range: ChunkRange): Promise<Uint8Array> {
  const result = await loaded.screener(student, DEFAULT_LIMITS, fileInputs).screen(range, '0'.repeat(20), () => {});
  return encodeChunkResult(result);
}

/** Change the last byte of a file that is no end of a line. */
async function damage({ store, runId }: Planned, file: PlanFile): Promise<void> {
  const bytes = Uint8Array.from((await store.get(planKey(runId, file))) as Uint8Array);
  bytes[bytes.length - 5] ^= 1;
  await store.put(planKey(runId, file), bytes);
}

const cut = (count: number) => cutIntoChunks(space.classes, count);

describe('segments of a space', () => {
  it.each([1, 300, 1e9])('of %i bytes tile both files and all compositions', (bytes) => {
    const json = Buffer.from(classesToJson(space));
    const segments = segmentSpace(space, json, bytes);
    for (const [i, { classes, systems, compositionsEnd }] of segments.entries()) {
      const before = segments[i - 1];
      expect(classes.start).toBe(before?.classes.end ?? json.indexOf('\n') + 1);
      expect(systems.start).toBe(before?.systems.end ?? 0);
      expect(compositionsEnd).toBeGreaterThan(before?.compositionsEnd ?? 0);
    }
    const last = segments.at(-1);
    expect(json.subarray(last?.classes.end).toString()).toBe(']}\n');
    expect([last?.systems.end, last?.compositionsEnd]).toEqual([space.systems.length, space.compositions]);
  });

  it('are as many as there are classes where every class is as large as a segment should be', () => {
    expect(segmentSpace(space, Buffer.from(classesToJson(space)), 1)).toHaveLength(space.classes.length);
  });
});

describe('a chunk by the parts of the plan that it lies in', () => {
  it.each([1, 3, 10])('has the same result as by the whole space, in %i chunks', async (count) => {
    const planned = await plan(cut(count));
    const parts = await load(planned);
    for (const range of planned.chunks)
      expect(await screen(parts, range)).toEqual(await screen(spaceSource(space), range));
  });

  it.each(['one after the other', 'all at once'])('has that result too when one screener has all, %s', async (way) => {
    const planned = await plan(cut(60), 1);
    const screener = (await load(planned)).screener(student, DEFAULT_LIMITS, fileInputs);
    const result = async (range: ChunkRange) =>
      encodeChunkResult(await screener.screen(range, '0'.repeat(20), () => undefined));
    const mixed = [...planned.chunks.filter((_, i) => i % 2 === 0), ...planned.chunks.toReversed()];
    const results = way === 'all at once' ? await Promise.all(mixed.map(result)) : [];
    if (results.length === 0) for (const range of mixed) results.push(await result(range));
    for (const [i, range] of mixed.entries()) expect(results[i]).toEqual(await screen(spaceSource(space), range));
  });

  it('goes on with the next chunk where one failed', async () => {
    const planned = await plan(cut(10));
    const screener = (await load(planned)).screener(student, DEFAULT_LIMITS, fileInputs);
    const [first, second] = planned.chunks;
    const failing = screener.screen(first, '0'.repeat(20), () => {
      throw new Error('stopped');
    });
    const next = screener.screen(second, '0'.repeat(20), () => undefined);
    await expect(failing).rejects.toThrow('stopped');
    expect(encodeChunkResult(await next)).toEqual(await screen(spaceSource(space), second));
  });

  it('reads only these', async () => {
    const planned = await plan(cut(10));
    await screen(await load(planned), planned.chunks[9]);
    const { read } = planned.store;
    expect(read.get('systems.bin')).toBeLessThan(space.systems.length / 4);
    expect(read.get('classes.json')).toBeLessThan(classesToJson(space).length / 4);
    expect(read.get('chunks.json')).toBeUndefined();
  });

  it.each(['systems.bin', 'classes.json'] as const)(
    'is refused if its own part of %s is damaged, and not troubled by damage elsewhere',
    async (file) => {
      const planned = await plan(cut(10));
      await damage(planned, file);
      const parts = await load(planned);
      await expect(screen(parts, planned.chunks[9])).rejects.toThrow(
        new RegExp(`${file}: the SHA-256 of bytes \\d+ to \\d+ is \\w+, and index.json says \\w+. The plan is damaged`),
      );
      expect(await screen(parts, planned.chunks[0])).toEqual(await screen(spaceSource(space), planned.chunks[0]));
    },
  );

  it('is refused if the file is missing or short', async () => {
    const planned = await plan(cut(10));
    const key = planKey(planned.runId, 'systems.bin');
    await planned.store.put(key, new Uint8Array(3));
    const last = planned.chunks[9];
    await expect(screen(await load(planned), last)).rejects.toThrow(
      'systems.bin: bytes 210 to 258 were asked for and 0',
    );
    await rm(join(planned.store.location, key));
    await expect(screen(await load(planned), last)).rejects.toThrow('systems.bin: it is missing. The plan is damaged');
  });

  it('is known by its number, of thousands too', async () => {
    const many = Array.from({ length: 1000 }, (_, chunk) => ({ chunk, start: 13 * chunk, end: 13 * (chunk + 1) }));
    many[999] = { ...many[999], end: space.compositions };
    const planned = await plan(many);
    const parts = await load(planned);
    for (const chunk of [0, 255, 256, 999]) {
      planned.store.read.clear();
      expect(await parts.range(chunk)).toEqual(many[chunk]);
      expect(planned.store.read.get('chunks.json')).toBeLessThan(20_000);
    }
    expect(await parts.range(1000)).toBeUndefined();
    expect(await parts.range(2000)).toBeUndefined();
    await damage(planned, 'chunks.json');
    await expect(parts.range(999)).rejects.toThrow('chunks.json: the SHA-256 of bytes');
  });

  it('is refused if run.json knows of no index', async () => {
    const { store, runId } = await plan(cut(10));
    const record = (await loadRunRecord(store, runId)) as RunRecord;
    const { 'index.json': _, ...files } = record.files;
    await putRecord(store, { ...record, files });
    await expect(loadChunkPlan(store, runId)).rejects.toThrow(
      /index\.json: its SHA-256 is \w+, and run\.json says undefined/,
    );
  });
});
