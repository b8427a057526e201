import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../shared/onnx/graph.ts';
import { openSession, type TensorData } from '../../shared/onnx/session.ts';
import { Tape, type Variable } from '../../shared/onnx/tape.ts';
import { createRandom } from '../../shared/random.ts';

type Operation = (tape: Tape, inputs: readonly Variable[]) => Variable;

const random = createRandom(11);

/** Numbers of either sign and at least 0.2 from 0, where relu has its kink. */
function draw(shape: readonly number[]): TensorData {
  const count = shape.reduce((product, size) => product * size, 1);
  const data = Float32Array.from({ length: count }, () => (random() < 0.5 ? -1 : 1) * (0.2 + random()));
  return { data, shape };
}

/** An operation as a graph: its inputs are parameters, its outputs the value and the gradients of Σ weights · value. */
function record(
  operation: Operation,
  shapes: readonly (readonly number[])[],
): { bytes: Uint8Array; weights: TensorData } {
  const graph = new GraphBuilder();
  const tape = new Tape(graph);
  const parameters = shapes.map((shape, i) => tape.parameter(`p${i}`, shape));
  const result = operation(tape, parameters);
  const weights = draw(result.shape);
  const gradients = tape.gradients(result, graph.constant(result.shape, weights.data as Float32Array), parameters);
  graph.output('value', result.value, result.shape);
  gradients.forEach((gradient, i) => {
    graph.output(`d${i}`, gradient, shapes[i]);
  });
  return { bytes: graph.encode('tape'), weights };
}

/** Largest difference between recorded gradients and central differences, over all entries of all inputs. */
async function largestDeviation(
  operation: Operation,
  shapes: readonly (readonly number[])[],
  step: number,
): Promise<number> {
  const { bytes, weights } = record(operation, shapes);
  const session = await openSession(bytes);
  const inputs: Record<string, TensorData> = Object.fromEntries(shapes.map((shape, i) => [`p${i}`, draw(shape)]));
  const recorded = await session.run(inputs);
  const loss = async (): Promise<number> => {
    const { data } = (await session.run(inputs)).value;
    return (data as Float32Array).reduce((sum, value, i) => sum + value * Number(weights.data[i]), 0);
  };
  let largest = 0;
  for (const [i, shape] of shapes.entries()) {
    const values = inputs[`p${i}`].data as Float32Array;
    expect(recorded[`d${i}`].shape).toEqual(shape);
    for (let e = 0; e < values.length; e++) {
      const original = values[e];
      values[e] = original + step;
      const above = await loss();
      values[e] = original - step;
      const below = await loss();
      values[e] = original;
      largest = Math.max(largest, Math.abs((above - below) / (2 * step) - Number(recorded[`d${i}`].data[e])));
    }
  }
  await session.release();
  return largest;
}

// all but the last are linear in each entry within the step, so that central differences are exact up to float32
describe('gradients on the tape agree with central differences', () => {
  it.each<[string, Operation, number[][]]>([
    [
      'a matrix product',
      (tape, [a, b]) => tape.matmul(a, b),
      [
        [3, 4],
        [4, 2],
      ],
    ],
    [
      'rows of a matrix, one of them twice',
      (tape, [a]) => tape.gather(a, tape.graph.integers([4], [2, 0, 2, 1]), 4),
      [[4, 3]],
    ],
    [
      'a sum',
      (tape, [a, b]) => tape.add(a, b),
      [
        [2, 3],
        [2, 3],
      ],
    ],
    [
      'a sum with a row',
      (tape, [a, b]) => tape.add(a, b),
      [
        [4, 3],
        [1, 3],
      ],
    ],
    ['a sum with a vector of lower rank', (tape, [a, b]) => tape.add(a, b), [[2, 4, 3], [3]]],
    [
      'a sum with a matrix of lower rank, repeated in its middle',
      (tape, [a, b]) => tape.add(a, b),
      [
        [2, 4, 3],
        [1, 3],
      ],
    ],
    ['a sum with a scalar', (tape, [a, b]) => tape.add(a, b), [[2, 3], []]],
    [
      'a sum that repeats both operands',
      (tape, [a, b]) => tape.add(a, b),
      [
        [4, 1],
        [1, 3],
      ],
    ],
    [
      'a sum over 3 axes, the middle one repeated',
      (tape, [a, b]) => tape.add(a, b),
      [
        [2, 4, 3],
        [2, 1, 3],
      ],
    ],
    [
      'a product',
      (tape, [a, b]) => tape.multiply(a, b),
      [
        [2, 3],
        [2, 3],
      ],
    ],
    [
      'a product with a column',
      (tape, [a, b]) => tape.multiply(a, b),
      [
        [4, 3],
        [4, 1],
      ],
    ],
    [
      'a product that repeats both operands',
      (tape, [a, b]) => tape.multiply(a, b),
      [
        [1, 3],
        [4, 1],
      ],
    ],
    ['a product with a scalar', (tape, [a, b]) => tape.multiply(a, b), [[], [2, 2]]],
    ['a relu', (tape, [a]) => tape.relu(a), [[5, 4]]],
    ['a reshape', (tape, [a]) => tape.reshape(a, [2, 6]), [[3, 4]]],
    ['a sum over the first axis', (tape, [a]) => tape.sum(a, 0), [[3, 4]]],
    ['a sum over the middle axis', (tape, [a]) => tape.sum(a, 1), [[2, 3, 4]]],
    ['a sum over the last axis', (tape, [a]) => tape.sum(a, 2), [[2, 3, 4]]],
    [
      'a value used twice',
      (tape, [a, b]) => tape.add(tape.multiply(a, b), tape.matmul(a, b)),
      [
        [3, 3],
        [3, 3],
      ],
    ],
    ['a square', (tape, [a]) => tape.multiply(a, a), [[2, 3]]],
    ['a sum of the same value', (tape, [a]) => tape.add(a, a), [[2, 3]]],
  ])('for %s', async (_, operation, shapes) => {
    expect(await largestDeviation(operation, shapes, 0.125)).toBeLessThan(2e-5);
  });

  it('for a network of two layers whose rows are pooled', async () => {
    const network: Operation = (tape, [x, first, bias, second]) => {
      const hidden = tape.relu(tape.add(tape.matmul(x, first), bias));
      const pooled = tape.sum(tape.reshape(hidden, [2, 3, 4]), 1);
      return tape.matmul(tape.multiply(pooled, pooled), second);
    };
    expect(
      await largestDeviation(
        network,
        [
          [6, 5],
          [5, 4],
          [1, 4],
          [4, 1],
        ],
        1 / 512,
      ),
    ).toBeLessThan(0.02);
  });
});

describe('a tape', () => {
  it('takes no gradient with respect to data', async () => {
    const graph = new GraphBuilder();
    const tape = new Tape(graph);
    const weight = tape.parameter('w', [2, 1]);
    const x = tape.data(graph.constant([1, 2], [3, 5]), [1, 2]);
    const [gradient] = tape.gradients(tape.matmul(tape.relu(x), weight), graph.constant([1, 1], [10]), [weight]);
    graph.output('d', gradient, [2, 1]);
    const session = await openSession(graph.encode('data'));
    expect((await session.run({ w: draw([2, 1]) })).d.data).toEqual(Float32Array.of(30, 50));
    await session.release();
  });

  it('passes no gradient where relu is 0, at the kink included', async () => {
    const graph = new GraphBuilder();
    const tape = new Tape(graph);
    const a = tape.parameter('a', [4]);
    const [gradient] = tape.gradients(tape.relu(a), graph.constant([4], [1, 2, 3, 4]), [a]);
    graph.output('d', gradient, [4]);
    const session = await openSession(graph.encode('relu'));
    const input = { a: { data: Float32Array.of(-1, 0, 1e-30, 2), shape: [4] } };
    expect((await session.run(input)).d.data).toEqual(Float32Array.of(0, 0, 3, 4));
    await session.release();
  });

  it('refuses shapes that do not broadcast and parameters that do not matter', () => {
    const tape = new Tape(new GraphBuilder());
    const [a, b] = [tape.parameter('a', [2, 3]), tape.parameter('b', [2, 2])];
    expect(() => tape.add(a, b)).toThrow('shapes (2,3) and (2,2) do not broadcast');
    expect(() => tape.gradients(tape.relu(a), 'g', [a, b])).toThrow('does not depend on parameter b');
  });
});
