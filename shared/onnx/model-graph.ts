import type { Value } from './graph.ts';
import { DATA_TYPE, decodeModel, encodeModel, type ValueInfo } from './onnx-model.ts';

/** A node of a model's graph. */
export interface GraphNode {
  readonly type: string; // of the operator
  readonly inputs: readonly Value[];
  readonly attributes: readonly string[]; // their names
}

/** A float32 constant of a model. */
export interface Constant {
  readonly shape: readonly number[];
  readonly data: Float32Array; // row-major
}

/** What computes what in a model. */
export interface ModelGraph {
  /** The node that gives a value; undefined for inputs and constants. */
  producer(value: Value): GraphNode | undefined;
  /** A float32 constant stored as raw bytes; undefined if the value is none. */
  constant(value: Value): Constant | undefined;
}

/** Decode the graph of an ONNX model; throws pbf's error if the bytes are no such model. */
export function readModelGraph(bytes: Uint8Array): ModelGraph {
  const { graph } = decodeModel(bytes);
  const nodes = new Map((graph?.node ?? []).flatMap((node) => (node.output ?? []).map((output) => [output, node])));
  const tensors = new Map((graph?.initializer ?? []).map((tensor) => [tensor.name ?? '', tensor]));
  return {
    producer: (value) => {
      const node = nodes.get(value);
      if (node === undefined) return undefined;
      const attributes = (node.attribute ?? []).map(({ name }) => name ?? '');
      return { type: node.opType ?? '', inputs: node.input ?? [], attributes };
    },
    constant: (value) => {
      const tensor = tensors.get(value);
      if (tensor?.dataType !== DATA_TYPE.FLOAT || tensor.rawData == null) return undefined;
      return { shape: (tensor.dims ?? []).map(Number), data: new Float32Array(Uint8Array.from(tensor.rawData).buffer) };
    },
  };
}

/**
 * The part of a model that computes one of its float32 values: the same nodes with the same constants, without those
 * that the value does not depend on.
 *
 * @param given float32 values that become inputs of the part, instead of being computed
 * @param omitted constants that nodes are to do without
 * @returns bytes of a model whose only output is that value
 */
export function modelPart(
  bytes: Uint8Array,
  given: readonly Value[],
  value: Value,
  omitted: readonly Value[] = [],
): Uint8Array {
  const model = decodeModel(bytes);
  const graph = model.graph ?? {};
  const needed = new Set([value]);
  const nodes = (graph.node ?? []).toReversed().flatMap((node) => {
    if (!node.output?.some((name) => needed.has(name) && !given.includes(name))) return [];
    const input = (node.input ?? []).filter((name) => !omitted.includes(name));
    for (const name of input) needed.add(name);
    return [{ ...node, input }];
  });
  const isNeeded = ({ name }: { name?: string | null }) => needed.has(name ?? '');
  model.graph = {
    ...graph,
    node: nodes.reverse(),
    initializer: (graph.initializer ?? []).filter(isNeeded),
    input: [...(graph.input ?? []).filter(isNeeded), ...given.map(floatValue)],
    output: [floatValue(value)],
  };
  return encodeModel(model);
}

function floatValue(name: Value): ValueInfo {
  return { name, type: { tensorType: { elemType: DATA_TYPE.FLOAT } } };
}
