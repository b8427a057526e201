import { PbfReader, PbfWriter } from 'pbf';

/** An integer of 64 bits: a bigint where a number would round it. */
export type Int64 = number | bigint;

/** How values of a type are written and read. */
interface Scalar {
  readonly wire: number; // 0 a varint, 1 eight bytes, 2 a length and so many bytes, 5 four bytes
  readonly write: (writer: PbfWriter, value: never) => void;
  readonly read: (reader: PbfReader) => unknown;
}

/** Two names must not become one when they are read: pbf's reader drops byte order marks and replaces bytes that are not UTF-8. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const SCALARS = {
  string: {
    wire: 2,
    write: (writer, value: string) => writer.writeString(value),
    read: (reader) => UTF8.decode(reader.readBytes()),
  },
  bytes: {
    wire: 2,
    write: (writer, value: Uint8Array) => writer.writeBytes(value),
    read: (reader) => reader.readBytes(),
  },
  int32: { wire: 0, write: writeInteger, read: readInt32 },
  int64: { wire: 0, write: writeInteger, read: (reader) => readInteger(reader, true) },
  uint64: { wire: 0, write: writeInteger, read: (reader) => readInteger(reader, false) },
  float: { wire: 5, write: (writer, value: number) => writer.writeFloat(value), read: (reader) => reader.readFloat() },
  double: {
    wire: 1,
    write: (writer, value: number) => writer.writeDouble(value),
    read: (reader) => reader.readDouble(),
  },
} as const satisfies Record<string, Scalar>;
type ScalarName = keyof typeof SCALARS;

/**
 * A field of a message: its number in the schema, and its type. Repeated fields end in `[]`; numbers among them are packed.
 * A field whose messages are not looked into has the type `bytes`, so that it is kept as it is.
 */
export type Field = readonly [id: number, type: ScalarName | `${ScalarName}[]` | Schema | readonly [Schema]];

/** Fields of a message by name, in the order of their numbers. */
export interface Schema {
  readonly [name: string]: Field;
}

/** A message; fields that are absent are undefined, or empty lists. */
type Message = Record<string, unknown>;

interface KnownField {
  readonly name: string;
  readonly type: Scalar | Schema;
  readonly isRepeated: boolean;
}

/**
 * Bytes of a message.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function encodeMessage(schema: Schema, message: object): Uint8Array {
  const writer = new PbfWriter();
  write(writer, schema, message as Message);
  return writer.finish();
}

/**
 * A message from its bytes. Fields that the schema does not name are passed over.
 *
 * @throws {RangeError}, {TypeError} or {Error} of pbf if the bytes are no message
 */
export function decodeMessage(schema: Schema, bytes: Uint8Array): object {
  return read(new PbfReader(bytes), schema, bytes.length);
}

function write(writer: PbfWriter, schema: Schema, message: Message): void {
  for (const [id, field] of fieldsOf(schema)) {
    const value = message[field.name];
    if (value === undefined || value === null) continue;
    const values = field.isRepeated ? (value as readonly unknown[]) : [value];
    if (isPacked(field)) writePacked(writer, id, field.type, values);
    else for (const each of values) writeValue(writer, id, field.type, each);
  }
}

function writeValue(writer: PbfWriter, id: number, type: Scalar | Schema, value: unknown): void {
  if (isScalar(type)) {
    writer.writeTag(id, type.wire);
    type.write(writer, value as never);
  } else writer.writeMessage(id, (message, inner) => write(inner, type, message), value as Message);
}

function writePacked(writer: PbfWriter, id: number, type: Scalar, values: readonly unknown[]): void {
  const writeAll = (_: unknown, inner: PbfWriter): void => {
    for (const value of values) type.write(inner, value as never);
  };
  if (values.length > 0) writer.writeMessage(id, writeAll, values);
}

function read(reader: PbfReader, schema: Schema, end: number): Message {
  const fields = fieldsOf(schema);
  const message: Message = {};
  for (const { name, isRepeated } of fields.values()) if (isRepeated) message[name] = [];
  while (reader.pos < end) {
    const tag = reader.readVarint();
    const field = fields.get(tag >>> 3);
    if (field === undefined) reader.skip(tag);
    else readField(reader, field, tag & 7, message);
  }
  if (reader.pos > end) throw new RangeError(`a message ends at ${end}, inside one of its fields`);
  return message;
}

function readField(reader: PbfReader, field: KnownField, wire: number, message: Message): void {
  const { name, type, isRepeated } = field;
  if (isPacked(field) && wire === 2) readPacked(reader, field.type, message[name] as unknown[]);
  else if (isRepeated) (message[name] as unknown[]).push(readValue(reader, field, wire));
  else if (!isScalar(type) && message[name] !== undefined)
    throw new RangeError(`field ${name} is there twice`); // others would merge the two, and see what we do not
  else message[name] = readValue(reader, field, wire);
}

function readValue(reader: PbfReader, { name, type }: KnownField, wire: number): unknown {
  if (wire !== (isScalar(type) ? type.wire : 2)) throw new RangeError(`field ${name} has the wire type ${wire}`);
  return isScalar(type) ? type.read(reader) : read(reader, type, endOf(reader));
}

function readPacked(reader: PbfReader, type: Scalar, values: unknown[]): void {
  const end = endOf(reader);
  while (reader.pos < end) values.push(type.read(reader));
}

/** Position at which a field ends that begins with its length. */
function endOf(reader: PbfReader): number {
  const length = reader.readVarint();
  return reader.pos + length;
}

/** pbf rounds integers beyond 2^53. They are read again from their bytes, of seven bits each, least first. */
function readInteger(reader: PbfReader, isSigned: boolean): Int64 {
  const start = reader.pos;
  const value = reader.readVarint(isSigned);
  if (Number.isSafeInteger(value)) return value;
  const bits = reader.buf.subarray(start, reader.pos).reduceRight((all, byte) => (all << 7n) | BigInt(byte & 127), 0n);
  return isSigned ? BigInt.asIntN(64, bits) : BigInt.asUintN(64, bits);
}

/** The lowest 32 bits, as ONNX Runtime reads them: nothing is hidden behind further ones. */
function readInt32(reader: PbfReader): number {
  const value = readInteger(reader, true);
  return typeof value === 'number' ? value | 0 : Number(BigInt.asIntN(32, value));
}

function writeInteger(writer: PbfWriter, value: Int64): void {
  if (typeof value === 'number') {
    writer.writeVarint(value);
    return;
  }
  writer.realloc(10); // bytes of the longest
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) writer.buf[writer.pos++] = Number(rest & 127n) | 128;
  writer.buf[writer.pos++] = Number(rest);
}

const known = new WeakMap<Schema, ReadonlyMap<number, KnownField>>();

/** Fields by their numbers, in the order of the schema. */
function fieldsOf(schema: Schema): ReadonlyMap<number, KnownField> {
  const found =
    known.get(schema) ?? new Map(Object.entries(schema).map(([name, [id, type]]) => [id, knownField(name, type)]));
  known.set(schema, found);
  return found;
}

function knownField(name: string, type: Field[1]): KnownField {
  if (typeof type === 'string')
    return { name, type: SCALARS[type.replace('[]', '') as ScalarName], isRepeated: type.endsWith('[]') };
  return Array.isArray(type)
    ? { name, type: type[0], isRepeated: true }
    : { name, type: type as Schema, isRepeated: false };
}

function isScalar(type: Scalar | Schema): type is Scalar {
  return typeof type.wire === 'number';
}

function isPacked(field: KnownField): field is KnownField & { readonly type: Scalar } {
  return field.isRepeated && isScalar(field.type) && field.type.wire !== 2;
}
