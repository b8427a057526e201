import { readFileSync } from 'node:fs';
import { openSession, type TensorData } from '../shared/onnx/session.ts';
import { openStudent, type StudentSession } from '../shared/onnx/student-session.ts';
import { createRandom, shuffle } from '../shared/random.ts';
import { BATCH_ROWS, batchesOf, type ChunkRange, cutIntoChunks } from '../shared/screen/batches.ts';
import { DEFAULT_LIMITS } from '../shared/screen/chunk-accumulator.ts';
import { Screener } from '../shared/screen/screen-chunk.ts';
import { amountsMatrix, buildSpace, type Space } from '../shared/space/space.ts';
import { parseSpace } from '../shared/space/space-file.ts';
import type { StudentHead } from '../shared/student/student-head.ts';
import { openEncoder } from '../shared/student/student-head.ts';

const STRETCH = 2 ** 17; // compositions that follow each other: in a run most batches share their amounts with the last one
const STRETCHES = 40; // drawn from a space

/** One call of the student, with its tensors ready. */
interface PreparedCall {
  readonly inputs: Readonly<Record<string, TensorData>>;
  readonly results: Readonly<Record<string, TensorData>>;
  readonly compositions: number;
  readonly flop: number;
}

/**
 * Operations that a student's head spends on a composition: a multiplication and an addition for each weight of its
 * three products. Left out are biases, rectifiers and the encoder, which works once per system.
 *
 * @param arity elements of the composition
 */
export function flopPerComposition({ first, second }: Pick<StudentHead, 'first' | 'second'>, arity: number): number {
  return 2 * (arity * first + first * second + second);
}

/**
 * Passes over stretches of a space drawn with a seed: ONNX Runtime alone on prepared tensors, then all that screening a
 * chunk does on the same compositions; one thread.
 */
export async function openKernel(spaceFile: string, bytes: Uint8Array, name: string, seed: number) {
  const space = buildSpace(parseSpace(readFileSync(spaceFile, 'utf8'), spaceFile));
  const student = await openStudent(bytes, name);
  const session = await openSession(bytes);
  const { head, release } = await openEncoder(bytes, name);
  await release();
  const stretches = drawStretches(space, seed);
  const calls = prepareCalls(space, student, head, stretches);
  const screener = new Screener(space, student, DEFAULT_LIMITS);
  return async () => {
    const begin = performance.now();
    for (const { inputs, results } of calls) await session.run(inputs, results);
    const between = performance.now();
    for (const range of stretches) await screener.screen(range, '0'.repeat(20), () => undefined);
    const end = performance.now();
    const total = (of: (call: PreparedCall) => number): number => calls.reduce((sum, call) => sum + of(call), 0);
    return {
      compositions: total((call) => call.compositions),
      flop: total((call) => call.flop),
      seconds: (between - begin) / 1000,
      chunkSeconds: (end - between) / 1000,
    };
  };
}

function drawStretches({ classes, compositions }: Space, seed: number): ChunkRange[] {
  const stretches = cutIntoChunks(classes, Math.ceil(compositions / STRETCH));
  return shuffle(stretches, createRandom(seed)).slice(0, STRETCHES);
}

function prepareCalls(
  { classes, systems, definition }: Space,
  { rowOf }: StudentSession,
  head: StudentHead,
  stretches: readonly ChunkRange[],
): PreparedCall[] {
  const logits = new Float32Array(BATCH_ROWS); // of every call, as in a run
  return stretches.flatMap(({ start, end }) => {
    let [amountsOf, amounts] = [-1, new Float32Array(0)];
    return Array.from(batchesOf(classes, start, end), (batch): PreparedCall => {
      const { classNumber, firstSystem, firstStoichiometry, systems: s, stoichiometries: v } = batch;
      const { arity: k, systemsOffset } = classes[classNumber];
      if (amountsOf !== classNumber) {
        amounts = new Float32Array(amountsMatrix(classes[classNumber], definition.maxCoefficient));
        amountsOf = classNumber;
      }
      const from = systemsOffset + firstSystem * k;
      const rows = BigInt64Array.from(systems.subarray(from, from + s * k), (z) => BigInt(rowOf(z)));
      const columns = amounts.subarray(firstStoichiometry * k, (firstStoichiometry + v) * k);
      return {
        inputs: { elements: { data: rows, shape: [s, k] }, amounts: { data: columns, shape: [v, k] } },
        results: { logit: { data: logits.subarray(0, s * v), shape: [s, v] } },
        compositions: s * v,
        flop: s * v * flopPerComposition(head, k),
      };
    });
  });
}
