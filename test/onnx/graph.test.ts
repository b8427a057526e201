import { describe, expect, it } from 'vitest';
import { GraphBuilder, readModelHeader } from '../../shared/onnx/graph.ts';
import { openSession } from '../../shared/onnx/session.ts';

/** out = rows · table[rows], with an int64 and a free dimension. */
function sample(metadata: Record<string, string> = {}): Uint8Array {
  const graph = new GraphBuilder();
  const rows = graph.input('rows', 'int64', ['n']);
  const table = graph.constant([3, 2], [1, 2, 3, 4, 5, 6]);
  const scale = graph.input('scale', 'float', []);
  const gathered = graph.node('Gather', [table, rows], { axis: 0 });
  graph.output('out', graph.node('Mul', [gathered, scale]), ['n', 2]);
  return graph.encode('sample', metadata);
}

describe('graph builder', () => {
  it('makes a model that ONNX Runtime computes', async () => {
    const session = await openSession(sample());
    const { out } = await session.run({
      rows: { data: BigInt64Array.of(2n, 0n), shape: [2] },
      scale: { data: Float32Array.of(10), shape: [] },
    });
    expect(out).toEqual({ data: Float32Array.of(50, 60, 10, 20), shape: [2, 2] });
    await session.release();
  });

  it('gives the same bytes for the same calls', () => {
    expect(sample({ a: '1', b: '2' })).toEqual(sample({ a: '1', b: '2' }));
    expect(sample({ a: '1' })).not.toEqual(sample({ a: '2' }));
  });

  it('reads metadata and signature back, constants left out', () => {
    const metadata = { schema: '1', empty: '', text: 'Li–P–S "ü"\n{}' };
    const header = readModelHeader(sample(metadata));
    expect(Object.fromEntries(header.metadata)).toEqual(metadata);
    expect(header.inputs).toEqual([
      { name: 'rows', type: 'int64', rank: 1 },
      { name: 'scale', type: 'float', rank: 0 },
    ]);
    expect(header.outputs).toEqual([{ name: 'out', type: 'float', rank: 2 }]);
  });
});

describe('session', () => {
  it('writes into the buffer that it is given', async () => {
    const session = await openSession(sample());
    const inputs = { rows: { data: BigInt64Array.of(1n), shape: [1] }, scale: { data: Float32Array.of(1), shape: [] } };
    const buffer = new Float32Array(2);
    await session.run(inputs, { out: { data: buffer, shape: [1, 2] } });
    expect(buffer).toEqual(Float32Array.of(3, 4));
    await session.release();
  });

  it('refuses what is no model', async () => {
    await expect(openSession(new TextEncoder().encode('no model'))).rejects.toThrow();
  });
});
