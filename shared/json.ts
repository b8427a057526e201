import { MAX_JSON, MAX_JSON_DEPTH } from './limits.ts';

const QUOTE = 0x22;
const SPACE = 0x20; // white space is not above it
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const CASE = 0x20; // what tells { from [ and } from ]
const CAPITAL_I = 0x49;
const CAPITAL_N = 0x4e;
const OPENING = 0x7b; // {
const CLOSING = 0x7d; // }

/** A text would be JSON but for NaN or an infinity, which Python's json writes and no JSON has. Another try gives the same. */
export class NoNumberInJson extends SyntaxError {
  override readonly name = 'NoNumberInJson';
}

/**
 * JSON text from outside as a value: as `JSON.parse`, but not too long and not too deep, so that it fits into memory and
 * can be written again, and with each key of an object given once. It may begin with a byte order mark.
 *
 * @param most characters that it may have
 * @throws {SyntaxError} as `JSON.parse` does; {@link NoNumberInJson} for NaN and infinities
 */
export function parseBoundedJson(text: string, most = MAX_JSON): unknown {
  if (text.length > most) throw new SyntaxError(`it has ${text.length} characters, more than ${most}`);
  const plain = text.replace(/^\uFEFF/, ' '); // as long as before, so that positions in messages hold
  checkNesting(plain);
  try {
    return JSON.parse(plain);
  } catch (error) {
    refuseNoNumbers(plain);
    throw error;
  }
}

/** Outside of strings, JSON has no word that begins with a capital. */
function refuseNoNumbers(text: string): void {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (code === CAPITAL_I || code === CAPITAL_N) {
      const word = /^(NaN|Infinity)\b/.exec(text.slice(i, i + 9))?.[0];
      if (word === undefined) return;
      const shown = JSON.stringify(text.slice(Math.max(0, i - 30), i + word.length));
      throw new NoNumberInJson(`${word} is no number in JSON: ${shown} at position ${i}`);
    }
  }
}

/** Keys of an object that were met so far; a list has none. */
type Keys = Set<string> | undefined;

function checkNesting(text: string): void {
  const open: Keys[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      const end = endOfString(text, i);
      if (isKey(text, end)) addKey(open.at(-1), text, i, end);
      i = end;
    } else if ((code | CASE) === OPENING) enter(open, code === OPENING, i);
    else if ((code | CASE) === CLOSING) open.pop();
  }
}

function enter(open: Keys[], isObject: boolean, position: number): void {
  if (open.push(isObject ? new Set() : undefined) > MAX_JSON_DEPTH)
    throw new SyntaxError(`lists and objects nest deeper than ${MAX_JSON_DEPTH} at position ${position}`);
}

/** Is the string that ends there followed by a colon? */
function isKey(text: string, end: number): boolean {
  let i = end + 1;
  while (text.charCodeAt(i) <= SPACE) i++;
  return text.charCodeAt(i) === COLON;
}

function addKey(keys: Keys, text: string, start: number, end: number): void {
  const plain = text.slice(start + 1, end);
  const key = plain.includes('\\') ? JSON.parse(`"${plain}"`) : plain;
  if (keys?.has(key))
    throw new SyntaxError(`the key ${JSON.stringify(key)} is given twice in one object, again at position ${start}`);
  keys?.add(key);
}

/** Position of the quote that ends the string beginning at `start`; the text's length if none does. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) return i;
  }
  return text.length;
}

/** A value as a text for people and programs: indented by two, with a line's end. */
export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
