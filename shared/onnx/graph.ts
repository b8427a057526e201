import {
  ATTRIBUTE_TYPE,
  type Attribute,
  DATA_LOCATION,
  DATA_TYPE,
  decodeModel,
  encodeModel,
  type Graph,
  type Model,
  type Node,
  type Tensor,
  type ValueInfo,
} from './onnx-model.ts';

const { FLOAT, DOUBLE, INT64, UINT8 } = DATA_TYPE;
const OPSET = 17;
const ML_DOMAIN = 'ai.onnx.ml';
const ML_OPSET = 5; // the first with TreeEnsemble
const [IR_VERSION, ML_IR_VERSION] = [8, 10]; // the first of files with these opsets

/** Name of a value inside a graph. */
export type Value = string;

/** A dimension is a number, or a name where it is free. */
export type TensorShape = readonly (number | string)[];

type AttributeValue = number | string | readonly number[] | Float32Array | Uint8Array;

/** Element types that {@link GraphBuilder.cast} converts to. */
const CAST_TYPES = { float: FLOAT, double: DOUBLE } as const;

/** Builds an ONNX model node by node. Values are named in order of creation, so equal calls give equal bytes. */
export class GraphBuilder {
  private readonly nodes: Node[] = [];
  private readonly initializers: Tensor[] = [];
  private readonly inputs: ValueInfo[] = [];
  private readonly outputs: ValueInfo[] = [];

  /** Declare a graph input. */
  input(name: string, type: 'float' | 'int64', shape: TensorShape): Value {
    this.inputs.push(valueInfo(name, type, shape));
    return name;
  }

  /** A float32 constant; `data` is row-major. */
  constant(shape: readonly number[], data: ArrayLike<number>): Value {
    const values = Float32Array.from(data);
    return this.initializer({ dims: [...shape], dataType: FLOAT, rawData: new Uint8Array(values.buffer) });
  }

  /** A float64 constant; `data` is row-major. */
  doubles(shape: readonly number[], data: ArrayLike<number>): Value {
    const values = Float64Array.from(data);
    return this.initializer({ dims: [...shape], dataType: DOUBLE, rawData: new Uint8Array(values.buffer) });
  }

  /** An int64 constant; `data` is row-major and within the safe integers. */
  integers(shape: readonly number[], data: readonly number[]): Value {
    const values = BigInt64Array.from(data, BigInt);
    return this.initializer({ dims: [...shape], dataType: INT64, rawData: new Uint8Array(values.buffer) });
  }

  private initializer(tensor: Tensor): Value {
    const name = `c${this.initializers.length}`;
    this.initializers.push({ ...tensor, name });
    return name;
  }

  /** Append a node with one output. Attributes are integers, lists of integers, strings, or tensors of rank 1 (typed arrays). */
  node(type: string, inputs: readonly Value[], attributes: Readonly<Record<string, AttributeValue>> = {}): Value {
    const output = `v${this.nodes.length}`;
    this.append(type, inputs, output, attributes);
    return output;
  }

  /** Append a node of the domain ai.onnx.ml with one output. */
  mlNode(type: string, inputs: readonly Value[], attributes: Readonly<Record<string, AttributeValue>>): Value {
    const output = this.node(type, inputs, attributes);
    this.nodes[this.nodes.length - 1].domain = ML_DOMAIN;
    return output;
  }

  /** The same numbers in another element type. */
  cast(value: Value, type: keyof typeof CAST_TYPES): Value {
    return this.node('Cast', [value], { to: CAST_TYPES[type] });
  }

  /** Append an identity that names a value as a graph output. */
  output(name: string, value: Value, shape: TensorShape): void {
    this.append('Identity', [value], name, {});
    this.outputs.push(valueInfo(name, 'float', shape));
  }

  private append(
    type: string,
    inputs: readonly Value[],
    output: Value,
    attributes: Readonly<Record<string, AttributeValue>>,
  ): void {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    this.nodes.push({ name: `n${this.nodes.length}`, opType: type, input: [...inputs], output: [output], attribute });
  }

  /** The model's bytes. `metadata` becomes `metadata_props`, in the order of its keys. */
  encode(graphName: string, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    const usesMl = this.nodes.some(({ domain }) => domain === ML_DOMAIN);
    return encodeModel({
      irVersion: usesMl ? ML_IR_VERSION : IR_VERSION,
      producerName: 'ionsieve',
      opsetImport: [{ domain: '', version: OPSET }, ...(usesMl ? [{ domain: ML_DOMAIN, version: ML_OPSET }] : [])],
      graph: {
        name: graphName,
        node: this.nodes,
        initializer: this.initializers,
        input: this.inputs,
        output: this.outputs,
      },
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
  }
}

function attributeProto(name: string, value: AttributeValue): Attribute {
  if (typeof value === 'number') return { name, type: ATTRIBUTE_TYPE.INT, i: value };
  if (typeof value === 'string') return { name, type: ATTRIBUTE_TYPE.STRING, s: Buffer.from(value) };
  if (value instanceof Float32Array || value instanceof Uint8Array) {
    const rawData = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    const dataType = value instanceof Float32Array ? FLOAT : UINT8;
    return { name, type: ATTRIBUTE_TYPE.TENSOR, t: { dims: [value.length], dataType, rawData } };
  }
  return { name, type: ATTRIBUTE_TYPE.INTS, ints: [...(value as readonly number[])] };
}

function valueInfo(name: string, type: 'float' | 'int64', shape: TensorShape): ValueInfo {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: type === 'float' ? FLOAT : INT64, shape: { dim } } } };
}

/** What a model's bytes say of it without running it. */
export interface ModelHeader {
  readonly metadata: ReadonlyMap<string, string>;
  readonly inputs: readonly TensorSignature[];
  readonly outputs: readonly TensorSignature[];
  readonly foreign: readonly string[]; // parts that run without end or reach outside of the file
}

/** Name, element type and rank of a graph input or output. */
export interface TensorSignature {
  readonly name: string;
  readonly type: 'float' | 'int64' | 'other';
  readonly rank: number;
}

/** Decode metadata and signature of an ONNX model; throws pbf's error if the bytes are no such model. */
export function readModelHeader(bytes: Uint8Array): ModelHeader {
  return modelHeader(decodeModel(bytes));
}

/** Metadata and signature of a decoded model. */
export function modelHeader({ graph, metadataProps, functions }: Model): ModelHeader {
  const initializers = new Set(graph?.initializer?.map((tensor) => tensor.name));
  return {
    metadata: new Map((metadataProps ?? []).map(({ key, value }) => [key ?? '', value ?? ''])),
    inputs: (graph?.input ?? []).filter(({ name }) => !initializers.has(name)).map(signature),
    outputs: (graph?.output ?? []).map(signature),
    foreign: [...(functions?.length ? ['functions of its own'] : []), ...(graph == null ? [] : foreignParts(graph))],
  };
}

/** Nodes that hold graphs (loops and branches) and tensors that lie in other files. */
function foreignParts({ node, initializer, sparseInitializer }: Graph): string[] {
  const isElsewhere = (tensor: Tensor | null | undefined): boolean =>
    tensor?.dataLocation === DATA_LOCATION.EXTERNAL || (tensor?.externalData ?? []).length > 0;
  const inNodes = (node ?? []).flatMap(({ opType, attribute }) =>
    (attribute ?? []).flatMap(({ g, graphs, t, tensors }) => {
      if (g != null || (graphs ?? []).length > 0) return [`the operator ${opType}`];
      return [t, ...(tensors ?? [])].some(isElsewhere) ? [`data of ${opType} in another file`] : [];
    }),
  );
  const sparse = (sparseInitializer ?? []).flatMap(({ values, indices }) => [values, indices]);
  const elsewhere = [...(initializer ?? []), ...sparse].filter(isElsewhere);
  return [...inNodes, ...elsewhere.map((tensor) => `data of ${tensor?.name} in another file`)];
}

function signature({ name, type }: ValueInfo): TensorSignature {
  const tensor = type?.tensorType;
  const elementType = tensor?.elemType === FLOAT ? 'float' : tensor?.elemType === INT64 ? 'int64' : 'other';
  return { name: name ?? '', type: elementType, rank: tensor?.shape?.dim?.length ?? 0 };
}
