import { MAX_MODEL_NUMBERS } from '../limits.ts';
import { ATTRIBUTE_TYPE, type Attribute, DATA_TYPE, type Model, type Node, type Tensor } from './onnx-model.ts';
import type { Int64 } from './protobuf.ts';
import { bounded, type Known, LISTED, shapeOf, size, UNBOUNDED } from './shape-bounds.ts';

const ARITY = 8; // the most elements that a composition has
const ROWS = 1 << 12; // compositions of one call: more than are ever scored at once
const NO_TEXT = new Uint8Array();
const DOMAINS: ReadonlySet<string> = new Set(['', 'ai.onnx', 'ai.onnx.ml']);

/**
 * Why a model may not be run: what it computes in one call, all its values together, would have more numbers than
 * {@link MAX_MODEL_NUMBERS}, or the graph does not tell.
 *
 * @param isPaired whether all pairs of systems and amounts are scored, instead of row by row
 * @returns undefined if it may
 */
export function modelExcess({ graph }: Model, isPaired: boolean): string | undefined {
  if (graph === undefined) return 'it has no graph';
  const rows = isPaired ? Math.sqrt(ROWS) : ROWS;
  const known = new Map<string, Known>([['', { shape: [] }]]);
  for (const { name } of graph.input ?? []) known.set(name ?? '', { shape: [rows, ARITY] });
  if (graph.sparseInitializer?.length) return 'it has sparse constants';
  const constants = addConstants(graph.initializer ?? [], known);
  if (typeof constants === 'string') return constants;
  const results = addResults(graph.node ?? [], known);
  if (typeof results === 'string') return results;
  const total = constants + results;
  if (total <= MAX_MODEL_NUMBERS) return undefined;
  return `to score ${ROWS} compositions it computes some ${total.toExponential(1)} numbers, more than ${MAX_MODEL_NUMBERS}`;
}

/** Numbers of all constants, which become known, or why one may not be used. */
function addConstants(tensors: readonly Tensor[], known: Map<string, Known>): number | string {
  let numbers = 0;
  for (const tensor of tensors) {
    const constant = held(tensor);
    if (typeof constant === 'string') return constant;
    known.set(tensor.name ?? '', constant);
    numbers += size(constant.shape);
  }
  return numbers;
}

/** Numbers of all that the nodes give, which becomes known, or why that of one is not. */
function addResults(nodes: readonly Node[], known: Map<string, Known>): number | string {
  let numbers = 0;
  for (const node of nodes) {
    const result = resultOf(node, known);
    if (typeof result === 'string') return result;
    for (const output of node.output ?? []) known.set(output, result);
    numbers += size(result.shape) * (node.output?.length ?? 0);
  }
  return numbers;
}

/** What a node gives, or why that is not known. */
function resultOf(
  { opType = '', domain = '', input = [], attribute = [] }: Node,
  known: ReadonlyMap<string, Known>,
): Known | string {
  if (!DOMAINS.has(domain)) return `its operator ${opType} is of the domain ${domain}`;
  if (UNBOUNDED.has(opType)) return `its operator ${opType} gives as much as its values ask for`;
  const inputs: Known[] = [];
  for (const name of input) {
    const value = known.get(name);
    if (value === undefined) return `its value ${name} is used before it is computed`;
    inputs.push(value);
  }
  if (opType === 'Constant') return constantOf(attribute);
  return (
    bounded(opType, inputs, attributesOf(attribute)) ?? `the size of what its operator ${opType} gives is not known`
  );
}

/** What a node `Constant` gives. */
function constantOf([attribute]: readonly Attribute[]): Known | string {
  const { t, ints, floats, strings, sparseTensor } = attribute ?? {};
  if (sparseTensor !== undefined) return 'it has sparse constants';
  if (t !== undefined) return held(t);
  const integers = ints?.length && ints.length <= LISTED ? { integers: ints.map(Number) } : {};
  return { shape: [Math.max(1, ...[ints, floats, strings].map((list) => list?.length ?? 0))], ...integers };
}

/** A constant, if it has the numbers that it claims. */
function held(tensor: Tensor): Known | string {
  const { name = '', dims, rawData, floatData, int32Data, int64Data, doubleData, uint64Data, stringData } = tensor;
  const lists = [rawData, floatData, int32Data, int64Data, doubleData, uint64Data, stringData];
  const numbers = 2 * Math.max(...lists.map((list) => list?.length ?? 0)); // two to a byte at most
  if (size(shapeOf(dims)) > numbers) return `its constant ${name} claims more numbers than it has`;
  return knownTensor(tensor);
}

function knownTensor({ dims, dataType, rawData, int64Data }: Tensor): Known {
  const shape = shapeOf(dims);
  if (dataType !== DATA_TYPE.INT64 || size(shape) > LISTED || shape.length > 1) return { shape };
  if (int64Data !== undefined && int64Data.length > 0) return { shape, integers: int64Data.map(Number) };
  if (rawData?.length !== 8 * size(shape)) return { shape };
  return { shape, integers: Array.from(new BigInt64Array(Uint8Array.from(rawData).buffer), Number) };
}

function attributesOf(attributes: readonly Attribute[]): ReadonlyMap<string, readonly number[]> {
  const numbers = ({ type, i = 0, ints = [], s = NO_TEXT }: Attribute): readonly Int64[] => {
    if (type === ATTRIBUTE_TYPE.INT) return [i];
    return type === ATTRIBUTE_TYPE.STRING ? [...s.subarray(0, LISTED)] : ints.slice(0, LISTED);
  };
  return new Map(attributes.map((attribute) => [attribute.name ?? '', numbers(attribute).map(Number)]));
}
