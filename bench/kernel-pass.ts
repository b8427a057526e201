import { readFileSync } from 'node:fs';
import { openStudent } from '../shared/models/student-session.ts';
import { createRandom, shuffle } from '../shared/random.ts';
import { type ChunkRange, cutIntoChunks } from '../shared/screen/blocks.ts';
import { DEFAULT_LIMITS } from '../shared/screen/ranking-limits.ts';
import { Screener } from '../shared/screen/space-screener.ts';
import { buildSpace, type Space } from '../shared/space/space.ts';
import { parseSpace } from '../shared/space/space-file.ts';
import { openParts, type PreparedCall, preparedCalls } from './prepared-calls.ts';

const CHUNKS = 4; // of a pass
const CHUNK = 5e6; // compositions, about as in a run on one machine
const LEAST = 4e6; // compositions of a pass: a quarter of a second; a small space is passed through more often

/**
 * Passes over chunks drawn with a seed, on one thread: `kernel` is ONNX Runtime alone, the student's head on prepared
 * tensors, `chunk` all that screening does with the same compositions.
 */
export async function openKernel(spaceFile: string, bytes: Uint8Array, name: string, seed: number): Promise<Passes> {
  const space = buildSpace(parseSpace(readFileSync(spaceFile, 'utf8'), spaceFile));
  const student = await openStudent(bytes, name);
  const opened = await openParts(bytes, name);
  const chunks = drawChunks(space, seed);
  const calls: PreparedCall[] = [];
  for (const range of chunks) for await (const call of preparedCalls(space, student, opened, range)) calls.push(call);
  const screener = new Screener(space, student, DEFAULT_LIMITS);
  const sum = (of: (call: PreparedCall) => number): number => calls.reduce((total, call) => total + of(call), 0);
  const compositions = sum((call) => call.compositions);
  const times = Math.ceil(LEAST / compositions);
  const work = { compositions: times * compositions, flop: times * sum(({ flop }) => flop) };
  return {
    kernel: async () => {
      for (let time = 0; time < times; time++)
        for (const { inputs, results } of calls) await opened.head.run(inputs, results);
      return work;
    },
    chunk: async () => {
      for (let time = 0; time < times; time++)
        for (const range of chunks) await screener.screen(range, '0'.repeat(20), () => undefined);
      return work;
    },
  };
}

function drawChunks({ classes, compositions }: Space, seed: number): ChunkRange[] {
  return shuffle(cutIntoChunks(classes, Math.ceil(compositions / CHUNK)), createRandom(seed)).slice(0, CHUNKS);
}

/** What a pass has done. */
export interface Pass {
  readonly seconds: number;
  readonly flop: number; // of matrix products
  readonly compositions: number; // scored
}

/** What a thread can do, by name. */
export type Passes = Readonly<Record<string, () => Promise<Omit<Pass, 'seconds'>>>>;
