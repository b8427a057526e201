import { type Random, randomInteger } from '../../shared/random.ts';

/** Bytes at which readers of text and of numbers differ. */
const BYTES = [0x00, 0x09, 0x0a, 0x0d, 0x20, 0x22, 0x27, 0x28, 0x2c, 0x2e, 0x2f, 0x30, 0x3b, 0x5c, 0x7f, 0x80, 0xff];

/** Numbers at which readers differ, as text. */
const NUMBERS =
  '0 1 -1 -0 2 1e308 -1e308 1e309 1e-320 1e-7 0.1 1.5 255 256 65536 2147483647 4294967296 9007199254740993 1e21 NaN Infinity -Infinity 0x10 1_000 １ ٣ 1.2.3 .5 5. +1 1e 007 90 180 360 60';
const NUMBER_TEXTS = NUMBERS.split(' ');

/** Whole numbers at which binary readers differ. */
const INTEGERS = [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];

const NUMBER = /[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?/g;
const LONG = 4096; // bytes of a run that is inserted at most, rarely
const SEARCHED = 256; // bytes in which a number is looked for

type Mutation = (
  bytes: Uint8Array,
  random: Random,
  others: readonly Uint8Array[],
  words: readonly string[],
) => Uint8Array;

/**
 * An input made from a good one by a few random changes: bits, bytes, ranges, lines, numbers, words of the format, parts of
 * other inputs.
 */
export function mutate(
  bytes: Uint8Array,
  random: Random,
  others: readonly Uint8Array[],
  words: readonly string[],
): Uint8Array {
  let mutated = bytes;
  do mutated = pick(MUTATIONS, random)(mutated, random, others, words);
  while (random() < 0.4);
  return mutated;
}

export function pick<T>(items: readonly T[], random: Random): T {
  return items[randomInteger(random, items.length)];
}

/** Bytes with those from `start` to `end` replaced. */
function replaced(bytes: Uint8Array, start: number, end: number, by: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length - (end - start) + by.length);
  result.set(bytes.subarray(0, start));
  result.set(by, start);
  result.set(bytes.subarray(end), start + by.length);
  return result;
}

/** A random stretch, short ones more often. */
function stretch(length: number, random: Random): [start: number, end: number] {
  const start = randomInteger(random, length + 1);
  const most = random() < 0.8 ? 16 : length;
  return [start, Math.min(length, start + randomInteger(random, most + 1))];
}

function copyWith(bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = new Uint8Array(bytes); // slice of a Buffer would be a view
  if (copy.length > 0) change(copy);
  return copy;
}

function lineAt(bytes: Uint8Array, position: number): [start: number, end: number] {
  const end = bytes.indexOf(0x0a, position);
  return [bytes.lastIndexOf(0x0a, Math.max(0, position - 1)) + 1, end < 0 ? bytes.length : end + 1];
}

function withNumber(bytes: Uint8Array, random: Random): Uint8Array {
  const from = randomInteger(random, bytes.length + 1);
  const text = Buffer.from(bytes.subarray(from, from + SEARCHED)).toString('latin1');
  const found = [...text.matchAll(NUMBER)];
  if (found.length === 0) return bytes;
  const { index, 0: number } = pick(found, random);
  const by = random() < 0.3 ? String(Number(number) + pick([-1, 1, 0.5, 1e-9], random)) : pick(NUMBER_TEXTS, random);
  return replaced(bytes, from + index, from + index + number.length, Buffer.from(by));
}

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) =>
    copyWith(bytes, (copy) => {
      copy[randomInteger(random, copy.length)] ^= 1 << randomInteger(random, 8);
    }),
  (bytes, random) =>
    copyWith(bytes, (copy) => {
      copy[randomInteger(random, copy.length)] = random() < 0.5 ? pick(BYTES, random) : randomInteger(random, 256);
    }),
  (bytes, random) =>
    copyWith(bytes, (copy) => {
      if (copy.length < 8) return;
      const view = new DataView(copy.buffer, copy.byteOffset, copy.byteLength);
      const value = random() < 0.3 ? -randomInteger(random, 300) : pick(INTEGERS, random);
      view.setUint32(randomInteger(random, copy.length - 3), value, random() < 0.8);
    }),
  (bytes, random) => replaced(bytes, ...stretch(bytes.length, random), new Uint8Array()),
  (bytes, random) => {
    const [start, end] = stretch(bytes.length, random);
    const at = randomInteger(random, bytes.length + 1);
    return replaced(bytes, at, at, bytes.subarray(start, end));
  },
  (bytes, random, _, words) => {
    const [start, end] = random() < 0.5 ? stretch(bytes.length, random) : [0, 0];
    const at = end === 0 ? randomInteger(random, bytes.length + 1) : start;
    return replaced(bytes, at, Math.max(at, end), Buffer.from(words.length === 0 ? ' ' : pick(words, random)));
  },
  withNumber,
  withNumber,
  (bytes, random) => replaced(bytes, ...lineAt(bytes, randomInteger(random, bytes.length + 1)), new Uint8Array()),
  (bytes, random) => {
    const [start, end] = lineAt(bytes, randomInteger(random, bytes.length + 1));
    const [at] = lineAt(bytes, randomInteger(random, bytes.length + 1));
    return replaced(bytes, at, at, bytes.subarray(start, end));
  },
  (bytes, random, others) => {
    const other = pick(others, random);
    const cut = randomInteger(random, bytes.length + 1);
    return replaced(bytes, cut, bytes.length, other.subarray(randomInteger(random, other.length + 1)));
  },
  (bytes, random) => (random() < 0.3 ? bytes.subarray(0, randomInteger(random, bytes.length + 1)) : bytes),
  (bytes, random) => {
    const at = randomInteger(random, bytes.length + 1);
    const run = new Uint8Array(random() < 0.05 ? LONG : randomInteger(random, 40));
    return replaced(bytes, at, at, run.fill(bytes.length === 0 ? 0x28 : bytes[Math.min(at, bytes.length - 1)]));
  },
];

const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1, 0.5, 1e308, -1e308, 1e-320, 4294967296, 9007199254740992, '', ' ', 'x', '0'],
  ...['Li', 'li', '..', '../x', '\u0000', '__proto__', '𝐋𝐢', [], {}, [[]], [null], [0], ['Li'], { name: 'x' }],
];

/** A JSON value with some of its parts exchanged, left out, doubled or nested. */
export function mutateJson(value: unknown, random: Random): unknown {
  if (random() < 0.02) return pick(VALUES, random);
  if (Array.isArray(value)) return mutateList(value, random);
  if (typeof value === 'object' && value !== null) return mutateObject(value as Record<string, unknown>, random);
  if (random() < 0.7) return value;
  if (typeof value === 'number')
    return pick([-value, value + 1, value / 3, value * 1e9, String(value), [value]], random);
  if (typeof value === 'string') return pick([`${value}x`, value.slice(1), [value], value.toUpperCase()], random);
  return pick(VALUES, random);
}

function mutateList(list: readonly unknown[], random: Random): unknown {
  const at = randomInteger(random, list.length + 1);
  const mutated = list.map((item, i) => (i === at || random() < 0.05 ? mutateJson(item, random) : item));
  const kind = random();
  if (kind < 0.1) mutated.splice(at, 1);
  else if (kind < 0.2) mutated.splice(at, 0, pick(VALUES, random));
  else if (kind < 0.3 && list.length > 0) mutated.push(pick(list, random));
  else if (kind < 0.32) return [mutated];
  return mutated;
}

function mutateObject(object: Readonly<Record<string, unknown>>, random: Random): unknown {
  const keys = Object.keys(object);
  const at = keys.length === 0 ? '' : pick(keys, random);
  const entries = Object.entries(object).map(([key, item]): [string, unknown] => [
    key,
    key === at || random() < 0.1 ? mutateJson(item, random) : item,
  ]);
  const kind = random();
  if (kind < 0.08) return Object.fromEntries(entries.filter(([key]) => key !== at));
  if (kind < 0.12)
    entries.push([pick(['__proto__', 'constructor', 'x', 'length', at.toUpperCase()], random), object[at]]);
  else if (kind < 0.16 && keys.length > 1) entries.push([pick(keys, random), object[at]]);
  return Object.fromEntries(entries);
}
