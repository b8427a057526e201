import { sha256 } from '../../hash.ts';

/** Consecutive bytes of a file that are read, and checked, at once. */
export interface FilePart {
  readonly start: number; // byte, inclusive
  readonly end: number; // byte, exclusive
  readonly sha256: string; // hexadecimal
}

/** @param start inclusive @param end exclusive */
export function filePart(bytes: Uint8Array, start: number, end: number): FilePart {
  return { start, end, sha256: sha256(bytes.subarray(start, end)) };
}

const LINE_END = 0x0a;

/** Byte behind each line that ends in a line feed. */
export function lineEnds(bytes: Uint8Array): number[] {
  const ends: number[] = [];
  for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) ends.push(at + 1);
  return ends;
}
