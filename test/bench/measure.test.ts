import { expect, it } from 'vitest';
import { formatResults } from '../../bench/format-results.ts';
import { describeMachine } from '../../bench/machine.ts';
import { measure, type PartResult, ratiosOf } from '../../bench/measure.ts';
import type { BenchContext, OpenPart, Part } from '../../bench/part.ts';

const CONTEXT: BenchContext = {
  space: 'a.json',
  student: 'b.onnx',
  studentOption: 'labels',
  structures: 'c.jsonl',
  threads: 1,
  seed: 1,
  scratch: '',
  full: false,
  note: () => undefined,
};

/** A part that writes down when it is measured. */
function part(name: string, log: string[], more: Partial<Part> = {}): Part {
  const opened: OpenPart = {
    figures: { rate: { title: 'rate', unit: '1/s' } },
    round: async () => ({ rate: log.push(name) }),
    close: async () => void log.push(`close ${name}`),
  };
  return { name, title: name, warmUp: false, open: async () => opened, ...more };
}

it('measures parts in turn, throws the warm-up away and closes all', async () => {
  const log: string[] = [];
  const parts = [part('a', log, { warmUp: true }), part('b', log, { mostRounds: 1 })];
  const results = await measure(parts, CONTEXT, 2);
  expect(log).toEqual(['a', 'a', 'b', 'a', 'close a', 'close b']);
  expect(results).toMatchObject({
    a: { figures: { rate: { samples: [2, 4] } } },
    b: { figures: { rate: { samples: [3] } } },
  });
});

it('closes what was opened when a round fails', async () => {
  const log: string[] = [];
  const failing = part('b', log, {
    open: async () => ({ figures: {}, round: () => Promise.reject(new Error('no')), close: async () => undefined }),
  });
  await expect(measure([part('a', log), failing], CONTEXT, 1)).rejects.toThrow('no');
  expect(log).toEqual(['a', 'close a']);
});

it('says which part is left out, and why', async () => {
  const parts = await measure([part('a', [], { open: async () => 'there is no c.jsonl' })], CONTEXT, 1);
  const machine = describeMachine(new Uint8Array());
  const text = formatResults({ machine, threads: 1, seed: 1, space: 'a.json', parts, ratios: [] });
  expect(text).toContain('SKIPPED: there is no c.jsonl');
  expect(text).toContain(`Node ${process.version}`);
});

it('compares end to end with the kernel only where both were measured', () => {
  const result = (samples: readonly number[]): PartResult => {
    const figure = { title: '', unit: '', median: samples[0], least: samples[0], most: samples[0], samples };
    return {
      title: '',
      figures: { rate: figure, stageRate: figure, cpuRate: figure, chunkCpuRate: figure, flopRate: figure },
      remarks: [],
    };
  };
  expect(ratiosOf({ 'end-to-end': result([9]) })).toEqual([]);
  const ratios = ratiosOf({ 'end-to-end': result([9]), kernel: result([10]) });
  expect(ratios).toContainEqual(expect.objectContaining({ title: 'end-to-end / kernel, whole process', median: 0.9 }));
});
