import protobuf from 'protobufjs/minimal.js';

type Reader = protobuf.Reader;
type Writer = protobuf.Writer;

/** An integer as protobufjs reads it: a number, or an object that `Number` converts. */
export type Int64 = number | ReturnType<Reader['int64']>;

/** Types of fields that are written as they are. */
const SCALARS = ['string', 'bytes', 'int32', 'uint64', 'int64', 'float', 'double'] as const;
type Scalar = (typeof SCALARS)[number];

/**
 * A field of a message: its number in the schema, and its type. Repeated fields end in `[]`; numbers among them are packed.
 * A field whose messages are not looked into has the type `bytes`, so that it is kept as it is.
 */
export type Field = readonly [id: number, type: Scalar | `${Scalar}[]` | Schema | readonly [Schema]];

/** Fields of a message by name, in the order of their numbers. */
export interface Schema {
  readonly [name: string]: Field;
}

/** A message; fields that are absent are undefined, or empty lists. */
type Message = Record<string, unknown>;

interface KnownField {
  readonly name: string;
  readonly scalar?: Scalar;
  readonly schema?: Schema;
  readonly isRepeated: boolean;
}

/**
 * Bytes of a message.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function encodeMessage(schema: Schema, message: object): Uint8Array {
  const writer = protobuf.Writer.create();
  write(writer, schema, message as Message);
  return writer.finish();
}

/**
 * A message from its bytes. Fields that the schema does not name are passed over.
 *
 * @throws {RangeError} or {Error} of protobufjs if the bytes are no message
 */
export function decodeMessage(schema: Schema, bytes: Uint8Array): object {
  return read(protobuf.Reader.create(bytes), schema, bytes.length);
}

function write(writer: Writer, schema: Schema, message: Message): void {
  for (const [name, [id, type]] of Object.entries(schema)) {
    const value = message[name];
    if (value === undefined || value === null) continue;
    const field = knownField(name, type);
    if (!field.isRepeated) writeValue(writer, id, field, value);
    else if (isPacked(field)) writePacked(writer, id, field.scalar as Scalar, value as readonly never[]);
    else for (const each of value as readonly unknown[]) writeValue(writer, id, field, each);
  }
}

function writeValue(writer: Writer, id: number, { scalar, schema }: KnownField, value: unknown): void {
  writer.uint32((id << 3) | wireType(scalar));
  if (scalar !== undefined) writer[scalar](value as never);
  else {
    writer.fork();
    write(writer, schema as Schema, value as Message);
    writer.ldelim();
  }
}

function writePacked(writer: Writer, id: number, scalar: Scalar, values: readonly never[]): void {
  if (values.length === 0) return;
  writer.uint32((id << 3) | 2).fork();
  for (const value of values) writer[scalar](value);
  writer.ldelim();
}

function read(reader: Reader, schema: Schema, end: number): Message {
  const fields = fieldsById(schema);
  const message: Message = {};
  for (const field of fields.values()) if (field.isRepeated) message[field.name] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = fields.get(tag >>> 3);
    if (field === undefined) reader.skipType(tag & 7);
    else if (isPacked(field) && (tag & 7) === 2)
      readPacked(reader, field.scalar as Scalar, message[field.name] as unknown[]);
    else if (field.isRepeated) (message[field.name] as unknown[]).push(readValue(reader, field, tag & 7));
    else if (field.schema !== undefined && message[field.name] !== undefined)
      throw new RangeError(`field ${field.name} is there twice`); // others would merge the two, and see what we do not
    else message[field.name] = readValue(reader, field, tag & 7);
  }
  if (reader.pos > end) throw new RangeError(`a message ends at ${end}, inside one of its fields`);
  return message;
}

function readValue(reader: Reader, { name, scalar, schema }: KnownField, wire: number): unknown {
  if (wire !== wireType(scalar)) throw new RangeError(`field ${name} has the wire type ${wire}`);
  if (scalar !== undefined) return readScalar(reader, scalar);
  const length = reader.uint32();
  return read(reader, schema as Schema, reader.pos + length);
}

/** Small integers are read as numbers: protobufjs makes an object of each, and trees have hundreds of thousands. */
function readScalar(reader: Reader, scalar: Scalar): unknown {
  const { buf, pos } = reader;
  const isSmall = Math.min(buf[pos], buf[pos + 1], buf[pos + 2], buf[pos + 3]) < 0x80; // it ends there, below 2^28
  const isWide = scalar === 'int64' || scalar === 'uint64';
  return isWide && isSmall ? reader.uint32() : reader[scalar]();
}

function readPacked(reader: Reader, scalar: Scalar, values: unknown[]): void {
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) values.push(readScalar(reader, scalar));
}

function knownField(name: string, type: Field[1]): KnownField {
  if (typeof type === 'string')
    return { name, scalar: type.replace('[]', '') as Scalar, isRepeated: type.endsWith('[]') };
  return Array.isArray(type)
    ? { name, schema: type[0], isRepeated: true }
    : { name, schema: type as Schema, isRepeated: false };
}

const known = new WeakMap<Schema, ReadonlyMap<number, KnownField>>();

function fieldsById(schema: Schema): ReadonlyMap<number, KnownField> {
  const found =
    known.get(schema) ?? new Map(Object.entries(schema).map(([name, [id, type]]) => [id, knownField(name, type)]));
  known.set(schema, found);
  return found;
}

function isPacked({ isRepeated, scalar }: KnownField): boolean {
  return isRepeated && scalar !== undefined && scalar !== 'string' && scalar !== 'bytes';
}

/** 0 a varint, 1 eight bytes, 2 a length and so many bytes, 5 four bytes. */
function wireType(scalar: Scalar | undefined): number {
  if (scalar === undefined || scalar === 'string' || scalar === 'bytes') return 2;
  return scalar === 'float' ? 5 : scalar === 'double' ? 1 : 0;
}
