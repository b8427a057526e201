import { DATA_TYPE } from './onnx-model.ts';
import type { Int64 } from './protobuf.ts';

/** What is known of a value before a model runs. */
export interface Known {
  readonly shape: readonly number[]; // at most
  readonly integers?: readonly number[] | undefined; // what it holds, where that may be a shape
}

/** Integers and dimensions that are kept of a value: shapes have some four. */
export const LISTED = 64;

/** Integers of a node's attributes, by their names; of a text its bytes. */
type Attributes = ReadonlyMap<string, readonly number[]>;

/** What an operator gives; undefined if that is not known. */
type Rule = (inputs: readonly Known[], attributes: Attributes) => Known | undefined;

/** Operators whose results have a size that values, strings or several inputs together ask for, and that nothing here needs. */
export const UNBOUNDED: ReadonlySet<string> = new Set(
  `Range Pad Resize Upsample RandomNormal RandomUniform Multinomial GatherND Conv ConvInteger QLinearConv ConvTranspose
  MatMulInteger QLinearMatMul RNN LSTM GRU Col2Im CenterCropPad AffineGrid MaxUnpool GridSample RoiAlign MaxRoiPool DFT STFT
  HannWindow HammingWindow BlackmanWindow MelWeightMatrix SequenceInsert ConcatFromSequence`.split(/\s+/),
);

export function shapeOf(dims: readonly Int64[] = []): number[] {
  return dims.map((dim) => Math.max(0, Number(dim)));
}

/** Numbers that a value of this shape has. */
export function size(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/**
 * What an operator gives at most. One that is not known here is taken to give no more than its inputs have when they are
 * broadcast against each other, as functions of each number do.
 *
 * @see https://github.com/onnx/onnx/blob/v1.10.2/docs/Operators.md
 */
export function bounded(type: string, inputs: readonly Known[], attributes: Attributes): Known | undefined {
  const result = (RULES.get(type) ?? broadcast)(inputs, attributes);
  if (result === undefined || result.shape.length > LISTED) return undefined;
  return (result.integers?.length ?? 0) > LISTED ? { shape: result.shape } : result;
}

const NOTHING: Known = { shape: [] };

function broadcast(inputs: readonly Known[]): Known {
  const rank = Math.max(0, ...inputs.map(({ shape }) => shape.length));
  const at = (shape: readonly number[], axis: number): number => shape[shape.length - rank + axis] ?? 1;
  return { shape: Array.from({ length: rank }, (_, axis) => Math.max(...inputs.map(({ shape }) => at(shape, axis)))) };
}

function matrixProduct([a = NOTHING, b = NOTHING]: readonly Known[]): Known {
  const [rows, columns] = [a.shape.at(-2) ?? 1, b.shape.length > 1 ? (b.shape.at(-1) as number) : 1];
  const stack = broadcast([{ shape: a.shape.slice(0, -2) }, { shape: b.shape.slice(0, -2) }]).shape;
  return { shape: [...stack, rows, columns] };
}

function gemm([a = NOTHING, b = NOTHING]: readonly Known[], attributes: Attributes): Known {
  const turned = ({ shape }: Known, name: string): Known =>
    attributes.get(name)?.[0] === 1 ? { shape: shape.toReversed() } : { shape };
  return matrixProduct([turned(a, 'transA'), turned(b, 'transB')]);
}

function gather([data = NOTHING, indices = NOTHING]: readonly Known[], attributes: Attributes): Known {
  const axis = axisOf(attributes.get('axis')?.[0] ?? 0, data.shape.length);
  const shape = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)];
  const integers = data.integers && indices.integers?.map((i) => data.integers?.at(i) ?? 0);
  return { shape, integers };
}

/** Integers may become others in a narrower type. */
function cast([data = NOTHING]: readonly Known[], attributes: Attributes): Known {
  return attributes.get('to')?.[0] === DATA_TYPE.INT64 ? data : { shape: data.shape };
}

function concat(inputs: readonly Known[], attributes: Attributes): Known | undefined {
  const { shape } = broadcast(inputs);
  const axis = axisOf(attributes.get('axis')?.[0] ?? 0, shape.length);
  if (!(axis in shape)) return undefined;
  const length = inputs.reduce((sum, input) => sum + (input.shape[axis] ?? 1), 0);
  const integers = inputs.flatMap((input) => input.integers ?? [Number.NaN]);
  return { shape: shape.with(axis, length), ...(integers.some(Number.isNaN) ? {} : { integers }) };
}

function reshape([data = NOTHING, target]: readonly Known[]): Known {
  const { integers } = data;
  const all = size(data.shape);
  if (target?.integers === undefined) return { shape: [all], integers };
  const dims = target.integers.map((dim, axis) => (dim === 0 ? (data.shape[axis] ?? 1) : dim));
  const given = size(dims.filter((dim) => dim > 0));
  return { shape: dims.map((dim) => (dim < 0 ? Math.ceil(all / given) : dim)), integers };
}

function reduce([data = NOTHING, axes]: readonly Known[], attributes: Attributes): Known {
  const rank = data.shape.length;
  const reduced = (attributes.get('axes') ?? axes?.integers)?.map((axis) => axisOf(axis, rank));
  const isKept = attributes.get('keepdims')?.[0] !== 0;
  const isReduced = (axis: number): boolean => reduced?.includes(axis) ?? axes === undefined;
  return { shape: data.shape.flatMap((dim, axis) => (isReduced(axis) ? (isKept ? [1] : []) : [dim])) };
}

function unsqueeze([data = NOTHING, axes]: readonly Known[], attributes: Attributes): Known | undefined {
  const added = attributes.get('axes') ?? axes?.integers;
  if (added === undefined) return undefined;
  const rank = data.shape.length + added.length;
  const places = added.map((axis) => axisOf(axis, rank));
  let next = 0;
  const shape = Array.from({ length: rank }, (_, axis) => (places.includes(axis) ? 1 : (data.shape[next++] ?? 1)));
  return { shape, integers: data.integers };
}

function squeeze([data = NOTHING, axes]: readonly Known[], attributes: Attributes): Known {
  const removed = (attributes.get('axes') ?? axes?.integers)?.map((axis) => axisOf(axis, data.shape.length));
  const shape = data.shape.filter((dim, axis) => !(removed?.includes(axis) ?? dim === 1));
  return { shape, integers: data.integers };
}

/** Exactly for a list of integers; else as much as there is. */
function slice([data = NOTHING, starts, ends, , steps]: readonly Known[]): Known {
  const [start, end] = [starts?.integers?.[0], ends?.integers?.[0]];
  if (data.integers === undefined || start === undefined || end === undefined || steps !== undefined)
    return { shape: data.shape };
  const integers = data.integers.slice(start, end);
  return { shape: [integers.length], integers };
}

function transpose([data = NOTHING]: readonly Known[], attributes: Attributes): Known {
  const order = attributes.get('perm');
  return { shape: order === undefined ? data.shape.toReversed() : order.map((axis) => data.shape[axis] ?? 1) };
}

function filled([target]: readonly Known[]): Known | undefined {
  return target?.integers && { shape: shapeOf(target.integers) };
}

function expand([data = NOTHING, target]: readonly Known[]): Known | undefined {
  return target?.integers && broadcast([data, { shape: shapeOf(target.integers) }]);
}

function tile([data = NOTHING, repeats]: readonly Known[]): Known | undefined {
  return (
    repeats?.integers && { shape: data.shape.map((dim, axis) => dim * Math.max(0, repeats.integers?.[axis] ?? 1)) }
  );
}

/** One axis more, as long as the second input says. */
function oneHot([indices = NOTHING, depth]: readonly Known[], attributes: Attributes): Known | undefined {
  const length = depth?.integers?.[0];
  const axis = axisOf(attributes.get('axis')?.[0] ?? -1, indices.shape.length + 1);
  return length === undefined ? undefined : { shape: indices.shape.toSpliced(axis, 0, Math.max(0, length)) };
}

/** Of an equation such as `vk,skh->svh`. */
function einsum(inputs: readonly Known[], attributes: Attributes): Known | undefined {
  const [given, result] = Buffer.from(attributes.get('equation') ?? [])
    .toString('latin1')
    .replaceAll(' ', '')
    .split('->');
  if (result === undefined || !/^[A-Za-z,]*$/.test(given + result)) return undefined;
  const lengths = new Map<string, number>();
  for (const [i, letters] of given.split(',').entries())
    for (const [axis, letter] of [...letters].entries())
      lengths.set(letter, Math.max(lengths.get(letter) ?? 1, inputs[i]?.shape[axis] ?? 1));
  return { shape: Array.from(result, (letter) => lengths.get(letter) ?? 1) };
}

function trees([data = NOTHING]: readonly Known[], attributes: Attributes): Known {
  return { shape: [data.shape[0] ?? 1, attributes.get('n_targets')?.[0] ?? 1] };
}

function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

const REDUCTIONS = ['Sum', 'Mean', 'Min', 'Max', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'];

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...REDUCTIONS.map((name): [string, Rule] => [`Reduce${name}`, reduce]),
  ['Identity', ([data = NOTHING]) => data],
  ['Split', ([data = NOTHING]) => ({ shape: data.shape })],
  ['Cast', cast],
  ...['TreeEnsemble', 'TreeEnsembleRegressor'].map((name): [string, Rule] => [name, trees]),
  ['MatMul', matrixProduct],
  ['Gemm', gemm],
  ['Einsum', einsum],
  ['OneHot', oneHot],
  ['Gather', gather],
  ['Concat', concat],
  ['Reshape', reshape],
  ['Flatten', ([data = NOTHING]) => ({ shape: [size(data.shape)] })],
  ['Unsqueeze', unsqueeze],
  ['Squeeze', squeeze],
  ['Slice', slice],
  ['Shape', ([data = NOTHING]) => ({ shape: [data.shape.length], integers: data.shape })],
  ['Transpose', transpose],
  ['ConstantOfShape', filled],
  ['Expand', expand],
  ['Tile', tile],
]);
