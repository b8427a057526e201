import * as v from 'valibot';
import { IntegrityError } from '../../errors.ts';
import { sha256 } from '../../hash.ts';
import {
  fields,
  integer,
  listOf,
  oneOf,
  type Refuse,
  readJson,
  readShape,
  recordOf,
  type Shape,
  text,
} from '../../shape.ts';

/** A typed array that a file can hold. */
export type NumberArray = Float32Array | Float64Array | Int32Array | Uint32Array;

/** Named arrays and what is to be said of them. */
export interface ArrayFile {
  readonly header: Readonly<Record<string, unknown>>; // JSON
  readonly arrays: Readonly<Record<string, NumberArray>>;
}

const TYPES = { Float32Array, Float64Array, Int32Array, Uint32Array } as const;
const MAGIC = 'IONARRAY';
const HASH_LENGTH = 32; // bytes of a SHA-256
const ALIGNMENT = 8; // of every array, as the widest type needs it

interface Entry {
  readonly name: string;
  readonly type: keyof typeof TYPES;
  readonly length: number;
}

const LISTED: Shape<{ readonly header: ArrayFile['header']; readonly entries: readonly Entry[] }> = fields({
  header: recordOf(v.unknown()),
  entries: listOf(
    fields({
      name: text,
      type: oneOf(['Float32Array', 'Float64Array', 'Int32Array', 'Uint32Array']),
      length: integer(),
    }),
  ),
});

/**
 * One file of named arrays: magic, SHA-256 of what follows, length of the JSON (uint32), JSON, then the arrays, each at
 * a multiple of 8 bytes; little-endian.
 */
export function encodeArrays({ header, arrays }: ArrayFile): Uint8Array {
  const entries = Object.entries(arrays).map(
    ([name, array]): Entry => ({ name, type: array.constructor.name as Entry['type'], length: array.length }),
  );
  const json = Buffer.from(JSON.stringify({ header, entries }));
  const parts: Uint8Array[] = [Buffer.alloc(4), json];
  Buffer.from(parts[0].buffer, parts[0].byteOffset, 4).writeUInt32LE(json.length);
  let length = MAGIC.length + HASH_LENGTH + 4 + json.length;
  for (const array of Object.values(arrays)) {
    const padding = -length & (ALIGNMENT - 1);
    parts.push(new Uint8Array(padding), new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    length += padding + array.byteLength;
  }
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(MAGIC), Buffer.from(sha256(content), 'hex'), content]);
}

/** Arrays of a file's bytes as views; an engine's error if they are not all there. */
function arraysAt(buffer: ArrayBuffer, start: number, entries: readonly Entry[]): Record<string, NumberArray> {
  let offset = start;
  const arrays: [string, NumberArray][] = [];
  for (const { name, type, length } of entries) {
    offset += -offset & (ALIGNMENT - 1);
    const array = new TYPES[type](buffer, offset, length);
    arrays.push([name, array]);
    offset += array.byteLength;
  }
  return Object.fromEntries(arrays);
}

/** Read such a file; throws {@link IntegrityError} if it is damaged. */
export function decodeArrays(file: Uint8Array, name: string): ArrayFile {
  const damaged: Refuse = (problem, column) =>
    new IntegrityError(problem, { file: name, column }, 'Delete the file: it is made again.');
  const bytes = new Uint8Array(file); // a copy, so that arrays in it are aligned
  const start = MAGIC.length + HASH_LENGTH;
  if (bytes.length < start + 4 || Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') !== MAGIC)
    throw damaged('it is no file of arrays');
  const stated = Buffer.from(bytes.subarray(MAGIC.length, start)).toString('hex');
  if (sha256(bytes.subarray(start)) !== stated) throw damaged('its checksum does not match its content');
  const view = Buffer.from(bytes.buffer);
  const jsonEnd = start + 4 + view.readUInt32LE(start);
  const { header, entries } = readShape(LISTED, readJson(view.toString('utf8', start + 4, jsonEnd), damaged), damaged);
  try {
    return { header, arrays: arraysAt(bytes.buffer, jsonEnd, entries) };
  } catch (error) {
    throw damaged(`it does not hold the arrays that it lists (${(error as Error).message})`);
  }
}
