import { InputError } from '../shared/errors.ts';
import { findStudentParts, type StudentParts } from '../shared/models/student-parts.ts';
import { type StudentSession, tableRows } from '../shared/models/student-session.ts';
import { modelPart, readModelGraph } from '../shared/onnx/model-graph.ts';
import { openSession, type Session, type TensorData } from '../shared/onnx/session.ts';
import { BATCH_ROWS, batchesOf, type ChunkRange } from '../shared/screen/blocks.ts';
import { amountsMatrix, type Space } from '../shared/space/space.ts';

/** One call of the student's head, with its tensors ready. */
export interface PreparedCall {
  readonly inputs: Readonly<Record<string, TensorData>>;
  readonly results: Readonly<Record<string, TensorData>>;
  readonly compositions: number;
  readonly flop: number;
}

/** What a student does once per system, and once per composition. */
export interface OpenParts {
  readonly parts: StudentParts;
  readonly encoder: Session;
  readonly head: Session;
}

/**
 * Operations that a student's head spends on a composition: a multiplication and an addition for each weight of its
 * three products. Left out are biases and rectifiers, and the encoder, which works once per system.
 *
 * @param second shape of the weights of the second layer: units of the first layer and of the second
 * @param arity elements of the composition
 */
export function flopPerComposition([first, second]: readonly number[], arity: number): number {
  return 2 * (arity * first + first * second + second);
}

/** Throws if the student's graph is not one as `exportStudent` writes it. */
export function studentParts(bytes: Uint8Array, name: string): StudentParts {
  return findStudentParts(readModelGraph(bytes), (problem) => {
    throw new InputError(problem, { file: name }, 'Measure a student as `ionsieve distill` writes it.');
  });
}

/** Open both parts on one thread. */
export async function openParts(bytes: Uint8Array, name: string): Promise<OpenParts> {
  const parts = studentParts(bytes, name);
  const { vectors, fractions, zero, logits } = parts;
  const encoder = await openSession(modelPart(bytes, [], vectors));
  const head = await openSession(modelPart(bytes, [vectors, fractions], logits, [zero]));
  return { parts, encoder, head };
}

/** The calls that a run makes for the compositions of a chunk, in its order. */
export async function* preparedCalls(
  { classes, systems, definition }: Space,
  student: StudentSession,
  { parts: { vectors, fractions, logits, second }, encoder }: OpenParts,
  { start, end }: ChunkRange,
): AsyncGenerator<PreparedCall> {
  const data = new Float32Array(BATCH_ROWS); // of every call, as in a run
  let preparedFor = -1;
  let prepared: Float32Array = new Float32Array(0);
  for (const batch of batchesOf(classes, start, end)) {
    const { classNumber, firstSystem, firstStoichiometry, systems: s, stoichiometries: v } = batch;
    const { arity: k, systemsOffset } = classes[classNumber];
    if (preparedFor !== classNumber)
      prepared = student.prepare(amountsMatrix(classes[classNumber], definition.maxCoefficient), k);
    preparedFor = classNumber;
    const from = systemsOffset + firstSystem * k;
    const elements = { data: tableRows(student, systems.subarray(from, from + s * k)), shape: [s, k] };
    const encoded = (await encoder.run({ elements }))[vectors].data;
    const rows = prepared.subarray(firstStoichiometry * k, (firstStoichiometry + v) * k);
    yield {
      inputs: {
        [fractions]: { data: rows, shape: [v, k] },
        [vectors]: { data: encoded, shape: [k, encoded.length / k] },
      },
      results: { [logits]: { data: data.subarray(0, s * v), shape: [s * v, 1] } },
      compositions: s * v,
      flop: s * v * flopPerComposition(second.weights.shape, k),
    };
  }
}
