import { decodeMessage, encodeMessage, type Int64, type Schema } from './protobuf.ts';

// Messages of ONNX as far as they are written and looked into here; what is `bytes` there and a message in ONNX is kept as it is.
// https://github.com/onnx/onnx/blob/v1.10.2/onnx/onnx.proto

/** `TensorProto.DataType`. */
export const DATA_TYPE = { FLOAT: 1, UINT8: 2, INT64: 7, DOUBLE: 11 } as const;
/** `TensorProto.DataLocation`. */
export const DATA_LOCATION = { DEFAULT: 0, EXTERNAL: 1 } as const;
/** `AttributeProto.AttributeType`. */
export const ATTRIBUTE_TYPE = { INT: 2, STRING: 3, TENSOR: 4, INTS: 7 } as const;

/** `StringStringEntryProto`. */
export interface Entry {
  key?: string;
  value?: string;
}

/** `TensorProto`. */
export interface Tensor {
  dims?: Int64[];
  dataType?: number; // of DATA_TYPE
  segment?: Uint8Array;
  floatData?: number[];
  int32Data?: number[];
  stringData?: Uint8Array[];
  int64Data?: Int64[];
  name?: string;
  rawData?: Uint8Array;
  doubleData?: number[];
  uint64Data?: Int64[];
  docString?: string;
  externalData?: Entry[];
  dataLocation?: number; // of DATA_LOCATION
}

/** `SparseTensorProto`. */
export interface SparseTensor {
  values?: Tensor;
  indices?: Tensor;
  dims?: Int64[];
}

/** `AttributeProto`. */
export interface Attribute {
  name?: string;
  f?: number;
  i?: Int64;
  s?: Uint8Array;
  t?: Tensor;
  g?: Uint8Array; // a GraphProto
  floats?: number[];
  ints?: Int64[];
  strings?: Uint8Array[];
  tensors?: Tensor[];
  graphs?: Uint8Array[];
  docString?: string;
  tp?: Uint8Array;
  typeProtos?: Uint8Array[];
  type?: number; // of ATTRIBUTE_TYPE
  refAttrName?: string;
  sparseTensor?: SparseTensor;
  sparseTensors?: SparseTensor[];
}

/** `NodeProto`. */
export interface Node {
  input?: string[];
  output?: string[];
  name?: string;
  opType?: string;
  attribute?: Attribute[];
  docString?: string;
  domain?: string;
}

/** `TensorShapeProto.Dimension`. */
export interface Dimension {
  dimValue?: Int64;
  dimParam?: string;
  denotation?: string;
}

/** `TypeProto`. */
export interface ValueType {
  tensorType?: { elemType?: number; shape?: { dim?: Dimension[] } };
  sequenceType?: Uint8Array;
  mapType?: Uint8Array;
  denotation?: string;
  sparseTensorType?: Uint8Array;
  optionalType?: Uint8Array;
}

/** `ValueInfoProto`. */
export interface ValueInfo {
  name?: string;
  type?: ValueType;
  docString?: string;
}

/** `GraphProto`. */
export interface Graph {
  node?: Node[];
  name?: string;
  initializer?: Tensor[];
  docString?: string;
  input?: ValueInfo[];
  output?: ValueInfo[];
  valueInfo?: ValueInfo[];
  quantizationAnnotation?: Uint8Array[];
  sparseInitializer?: SparseTensor[];
}

/** `ModelProto`. */
export interface Model {
  irVersion?: Int64;
  producerName?: string;
  producerVersion?: string;
  domain?: string;
  modelVersion?: Int64;
  docString?: string;
  graph?: Graph;
  opsetImport?: { domain?: string; version?: Int64 }[];
  metadataProps?: Entry[];
  trainingInfo?: Uint8Array[];
  functions?: Uint8Array[];
}

const ENTRY: Schema = { key: [1, 'string'], value: [2, 'string'] };

const TENSOR: Schema = {
  dims: [1, 'int64[]'],
  dataType: [2, 'int32'],
  segment: [3, 'bytes'],
  floatData: [4, 'float[]'],
  int32Data: [5, 'int32[]'],
  stringData: [6, 'bytes[]'],
  int64Data: [7, 'int64[]'],
  name: [8, 'string'],
  rawData: [9, 'bytes'],
  doubleData: [10, 'double[]'],
  uint64Data: [11, 'uint64[]'],
  docString: [12, 'string'],
  externalData: [13, [ENTRY]],
  dataLocation: [14, 'int32'],
};

const SPARSE_TENSOR: Schema = { values: [1, TENSOR], indices: [2, TENSOR], dims: [3, 'int64[]'] };

const ATTRIBUTE: Schema = {
  name: [1, 'string'],
  f: [2, 'float'],
  i: [3, 'int64'],
  s: [4, 'bytes'],
  t: [5, TENSOR],
  g: [6, 'bytes'],
  floats: [7, 'float[]'],
  ints: [8, 'int64[]'],
  strings: [9, 'bytes[]'],
  tensors: [10, [TENSOR]],
  graphs: [11, 'bytes[]'],
  docString: [13, 'string'],
  tp: [14, 'bytes'],
  typeProtos: [15, 'bytes[]'],
  type: [20, 'int32'],
  refAttrName: [21, 'string'],
  sparseTensor: [22, SPARSE_TENSOR],
  sparseTensors: [23, [SPARSE_TENSOR]],
};

const NODE: Schema = {
  input: [1, 'string[]'],
  output: [2, 'string[]'],
  name: [3, 'string'],
  opType: [4, 'string'],
  attribute: [5, [ATTRIBUTE]],
  docString: [6, 'string'],
  domain: [7, 'string'],
};

const DIMENSION: Schema = { dimValue: [1, 'int64'], dimParam: [2, 'string'], denotation: [3, 'string'] };
const TENSOR_TYPE: Schema = { elemType: [1, 'int32'], shape: [2, { dim: [1, [DIMENSION]] }] };

const VALUE_TYPE: Schema = {
  tensorType: [1, TENSOR_TYPE],
  sequenceType: [4, 'bytes'],
  mapType: [5, 'bytes'],
  denotation: [6, 'string'],
  sparseTensorType: [8, 'bytes'],
  optionalType: [9, 'bytes'],
};

const VALUE_INFO: Schema = { name: [1, 'string'], type: [2, VALUE_TYPE], docString: [3, 'string'] };

const GRAPH: Schema = {
  node: [1, [NODE]],
  name: [2, 'string'],
  initializer: [5, [TENSOR]],
  docString: [10, 'string'],
  input: [11, [VALUE_INFO]],
  output: [12, [VALUE_INFO]],
  valueInfo: [13, [VALUE_INFO]],
  quantizationAnnotation: [14, 'bytes[]'],
  sparseInitializer: [15, [SPARSE_TENSOR]],
};

const MODEL: Schema = {
  irVersion: [1, 'int64'],
  producerName: [2, 'string'],
  producerVersion: [3, 'string'],
  domain: [4, 'string'],
  modelVersion: [5, 'int64'],
  docString: [6, 'string'],
  graph: [7, GRAPH],
  opsetImport: [8, [{ domain: [1, 'string'], version: [2, 'int64'] }]],
  metadataProps: [14, [ENTRY]],
  trainingInfo: [20, 'bytes[]'],
  functions: [25, 'bytes[]'],
};

/** Bytes of a model: equal models give equal bytes. */
export function encodeModel(model: Model): Uint8Array {
  return encodeMessage(MODEL, model);
}

/** A model from its bytes; throws pbf's error if they are none. */
export function decodeModel(bytes: Uint8Array): Model {
  return decodeMessage(MODEL, bytes);
}
