import { isUtf8 } from 'node:buffer';
import { InputError, type Place } from '../../errors.ts';

/** How the characters of a table are stored. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

const UTF_8_MARK = [0xef, 0xbb, 0xbf];
const UTF_16_MARKS = { 'utf-16le': [0xff, 0xfe], 'utf-16be': [0xfe, 0xff] } as const;
const UTF_32_MARKS = [
  [0xff, 0xfe, 0, 0],
  [0, 0, 0xfe, 0xff],
];
const NEWLINE = 0x0a;
const PROBED = 1024; // bytes in which UTF-16 without a mark shows its zeros
const LONGEST = 4; // bytes of a character in UTF-8
const SAVE = 'Save the table as UTF-8 (in Excel: "CSV UTF-8").';

/**
 * The encoding that a text says by its byte order mark; UTF-8 without one.
 *
 * @param head at least the first bytes
 * @param file for messages
 * @throws {InputError} for UTF-32, UTF-16 without a mark, and what is no text
 */
export function encodingOf(head: Uint8Array, file: string): TextEncoding {
  const starts = (mark: readonly number[]): boolean => mark.every((byte, i) => head[i] === byte);
  if (UTF_32_MARKS.some(starts)) throw new InputError('the text is UTF-32', { file }, SAVE);
  for (const [encoding, mark] of Object.entries(UTF_16_MARKS)) if (starts(mark)) return encoding as TextEncoding;
  if (head.subarray(0, PROBED).includes(0))
    throw new InputError('there are zero bytes: this is no text, or UTF-16 without a byte order mark', { file }, SAVE);
  return 'utf-8';
}

/**
 * The characters of a text without its byte order mark. Nothing is replaced.
 *
 * @param file for messages
 * @throws {InputError} naming byte and line of what is not valid in the encoding
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  const encoding = encodingOf(bytes, file);
  if (encoding === 'utf-8') {
    if (!isUtf8(bytes)) {
      const at = firstInvalid(bytes);
      throw invalidUtf8(bytes[at], at, { file, line: 1 + countLines(bytes.subarray(0, at)) });
    }
    const start = UTF_8_MARK.every((byte, i) => bytes[i] === byte) ? UTF_8_MARK.length : 0;
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, bytes.length - start).toString();
  }
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InputError(`the text is no valid ${encoding.toUpperCase()}`, { file }, SAVE, { cause: error });
  }
}

/** Finds the first byte that is not UTF-8 in bytes which come in pieces. */
export class Utf8Check {
  private rest: Uint8Array = new Uint8Array(); // beginning of a character that the next piece goes on with
  private checked = 0; // bytes

  /** @returns the place of an invalid byte in all pieces, from 0; undefined if there is none so far */
  add(piece: Uint8Array): number | undefined {
    const bytes = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    const end = wholeCharacters(bytes);
    const invalid = this.check(bytes.subarray(0, end));
    this.rest = bytes.slice(end);
    return invalid;
  }

  /** The same of a last character that is cut off. */
  end(): number | undefined {
    return this.check(this.rest);
  }

  private check(bytes: Uint8Array): number | undefined {
    if (!isUtf8(bytes)) return this.checked + firstInvalid(bytes);
    this.checked += bytes.length;
    return undefined;
  }
}

/** Where a character begins that the bytes do not end with; their number if there is none. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let i = bytes.length - 1; i >= 0 && i > bytes.length - LONGEST; i--) {
    const byte = bytes[i];
    if (byte < 0x80) break;
    if (byte < 0xc0) continue; // goes on with a character
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return i + length > bytes.length ? i : bytes.length;
  }
  return bytes.length;
}

/** Line feeds in some bytes. */
export function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}

/**
 * The error of a byte that is not UTF-8.
 *
 * @param at place of the byte in the file, from 0
 * @param place with its line
 */
export function invalidUtf8(byte: number, at: number, place: Place): InputError {
  const code = byte.toString(16).toUpperCase().padStart(2, '0');
  return new InputError(
    `byte ${at} (0x${code}) is not UTF-8`,
    place,
    `${SAVE} In an older encoding a character such as µ could be taken for another one.`,
  );
}

/** Where the first character begins that is none. */
function firstInvalid(bytes: Uint8Array): number {
  let [valid, end] = [0, bytes.length];
  while (end - valid > LONGEST) {
    const middle = (valid + end) >> 1;
    const whole = valid + wholeCharacters(bytes.subarray(valid, middle));
    if (whole > valid && isUtf8(bytes.subarray(valid, whole))) valid = whole;
    else end = middle;
  }
  while (valid < bytes.length) {
    const length = [1, 2, 3, 4].find(
      (size) => valid + size <= bytes.length && isUtf8(bytes.subarray(valid, valid + size)),
    );
    if (length === undefined) break;
    valid += length;
  }
  return valid;
}
