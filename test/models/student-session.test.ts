import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SYMBOLS } from '../../shared/chemistry/elements.ts';
import { InputError } from '../../shared/errors.ts';
import {
  encodeStudentMetadata,
  openStudent,
  readStudentMetadata,
  type StudentMetadata,
} from '../../shared/models/student-session.ts';
import { GraphBuilder } from '../../shared/onnx/graph.ts';
import { decodeModel, encodeModel } from '../../shared/onnx/onnx-model.ts';
import { createRandom, randomInteger } from '../../shared/random.ts';
import { elementFeatures } from '../../shared/student/element-features.ts';
import { initialWeights, type Weights } from '../../shared/student/network.ts';
import { exportStudent } from '../../shared/student/student-graph.ts';
import { randomStudent } from '../random-student.ts';

const METADATA: StudentMetadata = {
  schema: '1',
  symbols: ['Li', 'O', 'S'],
  mobileIon: 'Li',
  threshold: 0.4,
  teacherHash: 'a'.repeat(64),
  labelsHash: 'b'.repeat(64),
  metrics: { student: { auc: { mean: 0.9, deviation: 0.01 } } },
};

type Type = 'float' | 'int64';
interface Signature {
  readonly inputs?: readonly (readonly [string, Type, readonly (string | number)[]])[];
  readonly output?: string;
  readonly outputShape?: readonly (string | number)[];
}

const INPUTS = [
  ['elements', 'int64', ['S', 'k']],
  ['amounts', 'float', ['V', 'k']],
] as const;

/** The smallest graph of the student's signature, or of another: a constant logit. */
function model(metadata: Record<string, string>, signature: Signature = {}): Uint8Array {
  const { inputs = INPUTS, output = 'logit', outputShape = ['S', 'V'] } = signature;
  const graph = new GraphBuilder();
  for (const [name, type, shape] of inputs) graph.input(name, type, shape);
  graph.output(output, graph.constant([1, 1], [0]), outputShape);
  return graph.encode('student', metadata);
}

const encoded = encodeStudentMetadata(METADATA);

const features = elementFeatures(METADATA.symbols);
const SIZE = { encoder: 4, first: 4, second: 4 };

/** A student of the real graph; `change` may spoil its weights. */
function trained(change: Partial<Weights> = {}, metadata = encoded): Uint8Array {
  return exportStudent(features, { ...initialWeights(features, SIZE, 1), ...change }, metadata);
}

async function refusal(bytes: Uint8Array): Promise<string> {
  const error = await openStudent(bytes, 'dir/mine.onnx').then(
    () => new Error('it was taken'),
    (reason: unknown) => reason as Error,
  );
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toMatch(/^dir\/mine\.onnx: the model is refused: /);
  expect(error.message).toMatch(/Give a student of schema 1, as `ionsieve distill` writes it\.$/);
  return (error as InputError).problem;
}

describe('metadata of a student', () => {
  it('comes back as it was written', async () => {
    const bytes = trained();
    expect(readStudentMetadata(bytes, 'mine.onnx')).toEqual(METADATA);
    const student = await openStudent(bytes, 'mine.onnx');
    expect(student.metadata).toEqual(METADATA);
    expect(student.hash).toBe(createHash('sha256').update(bytes).digest('hex'));
    await student.release();
  });

  it('says in which row an element is, and that others are unknown', async () => {
    const student = await openStudent(randomStudent(['S', 'Li', 'O']), 'mine.onnx');
    const rows = SYMBOLS.map((_, z) => student.rowOf(z));
    expect([rows[3], rows[8], rows[16]]).toEqual([0, 1, 2]);
    expect(rows.filter((row) => row < 0)).toHaveLength(SYMBOLS.length - 3);
    await student.release();
  });
});

describe('a student is refused', () => {
  it.each([
    ['text', new TextEncoder().encode('{"no": "model"}')],
    ['nothing', new Uint8Array()],
    ['a gzip header', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0)],
    ['zeros', new Uint8Array(1000)],
  ])('if its bytes are %s', async (_, bytes) => {
    expect(await refusal(bytes)).toMatch(/no ONNX model, or a damaged one|has no metadata "schema"/);
  });

  it('if it is truncated, at any of 60 places', async () => {
    const bytes = trained();
    for (let i = 0; i < 60; i++) await refusal(bytes.subarray(0, Math.floor((i * bytes.length) / 60)));
    for (let cut = 1; cut < 20; cut++) await refusal(bytes.subarray(0, bytes.length - cut));
  });

  it('or still scores, and never fails otherwise, if one of its bytes is damaged', async () => {
    const bytes = trained();
    const random = createRandom(9);
    for (let i = 0; i < 60; i++) {
      const damaged = bytes.slice();
      damaged[randomInteger(random, bytes.length)] ^= 1 + randomInteger(random, 255);
      await openStudent(damaged, 'mine.onnx').then(
        (student) => student.release(),
        (error: unknown) => expect(error).toBeInstanceOf(InputError),
      );
    }
  });

  it.each(Object.keys(encoded))('without metadata %s', async (key) => {
    const { [key]: _, ...others } = encoded;
    expect(await refusal(model(others))).toContain(`it has no metadata "${key}"`);
  });

  it.each([
    ['another schema', { schema: '2' }, 'its schema is "2", expected "1"'],
    ['an element that does not exist', { element_symbols: 'Li Xx O' }, 'not distinct elements (Xx)'],
    ['an element twice', { element_symbols: 'Li O Li' }, 'not distinct elements'],
    ['no elements', { element_symbols: '' }, 'not distinct elements'],
    ['a mobile ion that it does not know', { mobile_ion: 'Na' }, 'its mobile ion "Na" is none of its elements'],
    ['threshold 0', { threshold: '0' }, 'its threshold 0 is not between 0 and 1'],
    ['threshold 1', { threshold: '1' }, 'its threshold 1 is not between 0 and 1'],
    ['threshold NaN', { threshold: 'half' }, 'its threshold half is not between 0 and 1'],
    ['no threshold', { threshold: '' }, 'is not between 0 and 1'],
    ['metrics that are no JSON', { metrics: '{' }, 'its metrics are not a JSON object'],
    ['metrics that are no object', { metrics: 'null' }, 'its metrics are not a JSON object'],
  ])('with %s', async (_, change, problem) => {
    expect(await refusal(model({ ...encoded, ...change }))).toContain(problem);
  });

  const [elements, amounts] = INPUTS;
  it.each<[string, Signature, string]>([
    ['another input', { inputs: [['atoms', 'int64', ['S', 'k']], amounts] }, 'atoms int64 rank 2'],
    ['inputs in another order', { inputs: [amounts, elements] }, '[amounts float rank 2, elements int64 rank 2]'],
    ['one input', { inputs: [elements] }, '[elements int64 rank 2], expected'],
    ['a further input', { inputs: [...INPUTS, ['t', 'float', []]] }, 't float rank 0'],
    ['an input of another type', { inputs: [['elements', 'float', ['S', 'k']], amounts] }, 'elements float rank 2'],
    ['an input of another rank', { inputs: [elements, ['amounts', 'float', ['V']]] }, 'amounts float rank 1'],
    [
      'another output',
      { output: 'probability' },
      'its outputs are [probability float rank 2], expected [logit float rank 2]',
    ],
    ['an output of another rank', { outputShape: ['S'] }, 'logit float rank 1'],
  ])('with %s', async (_, signature, found) => {
    const problem = await refusal(model(encoded, signature));
    expect(problem).toContain(found);
    expect(problem).toMatch(/expected \[(elements int64 rank 2, amounts float rank 2|logit float rank 2)\]$/);
  });

  it('if its weights are no numbers', async () => {
    expect(await refusal(trained({ lastBias: Float32Array.of(Number.NaN) }))).toContain('its logit of Li is NaN');
  });

  it('if its table has fewer elements than its metadata names', async () => {
    const more = { ...encoded, element_symbols: 'Li O S Cl' };
    expect(await refusal(trained({}, more))).toContain('it cannot score its 4 elements');
  });

  it('if its logits are not one per system and stoichiometry', async () => {
    expect(await refusal(model(encoded))).toContain('its logits have the shape (1,1), expected (3,1)');
  });

  it('if ONNX Runtime cannot load its graph', async () => {
    const graph = new GraphBuilder();
    for (const [name, type, shape] of INPUTS) graph.input(name, type, shape);
    graph.output('logit', graph.node('NoSuchOperator', ['amounts']), ['S', 'V']);
    expect(await refusal(graph.encode('student', encoded))).toMatch(/ONNX Runtime cannot load it: .*NoSuchOperator/s);
  });

  it('if it holds a loop, or data in another file', async () => {
    const looping = decodeModel(model(encoded));
    looping.graph?.node?.push({ opType: 'Loop', output: ['x'], attribute: [{ name: 'body', g: new Uint8Array() }] });
    expect(await refusal(encodeModel(looping))).toContain('it has the operator Loop');
    const reaching = decodeModel(model(encoded));
    const tensor = {
      name: 'w',
      dims: [1],
      dataType: 1,
      dataLocation: 1,
      externalData: [{ key: 'location', value: '../secret' }],
    };
    reaching.graph?.initializer?.push(tensor);
    expect(await refusal(encodeModel(reaching))).toContain('it has data of w in another file');
  });
});
