import { MAX_JSON, MAX_JSON_DEPTH } from './limits.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const CASE = 0x20; // what tells { from [ and } from ]
const OPENING = 0x7b; // {
const CLOSING = 0x7d; // }

/**
 * JSON text from outside as a value: as `JSON.parse`, but not too long and not too deep, so that it fits into memory and
 * can be written again.
 *
 * @param most characters that it may have
 * @throws {SyntaxError} as `JSON.parse` does
 */
export function parseBoundedJson(text: string, most = MAX_JSON): unknown {
  if (text.length > most) throw new SyntaxError(`it has ${text.length} characters, more than ${most}`);
  checkDepth(text);
  return JSON.parse(text);
}

function checkDepth(text: string): void {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if ((code | CASE) === OPENING) {
      if (++depth > MAX_JSON_DEPTH)
        throw new SyntaxError(`lists and objects nest deeper than ${MAX_JSON_DEPTH} at position ${i}`);
    } else if ((code | CASE) === CLOSING) depth--;
  }
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
