import { InputError, type Place } from '../../errors.ts';
import { MAX_CIF_VALUES, MAX_STRUCTURE_TEXT } from '../../limits.ts';

/** One value of a CIF. */
export interface CifValue {
  readonly text: string;
  readonly line: number; // 1-based
  readonly quoted: boolean; // quoted or a text field: `?` and `.` then stand for themselves
}

/** One data block: the values of every tag, one of a single item and one per row of a loop. */
export interface CifBlock {
  readonly name: string;
  readonly line: number;
  readonly values: ReadonlyMap<string, readonly CifValue[]>; // by tag in {@link normalTag} form
}

/** A token: a value, a tag, or one of the words that structure a file. */
interface Token extends CifValue {
  readonly kind: 'value' | 'tag' | 'data' | 'loop' | 'save';
}

const REMEDY = 'The file may be cut off or damaged: fetch it again.';

/** Tags are compared without case, and `_cell.length_a` (newer dictionaries) is `_cell_length_a`. */
export function normalTag(tag: string): string {
  return tag.toLowerCase().replaceAll('.', '_');
}

/**
 * The data blocks of a CIF 1.1 text, in time linear in its length. Save frames belong to the block around them.
 *
 * @throws {InputError} naming the line of text that is no CIF, an unfinished quote or text field, a tag without a value or
 *   given twice, or a loop whose values do not fill its rows
 * @see Hall, Allen & Brown, Acta Cryst. A 47, 655 (1991), doi:10.1107/S010876739101067X
 */
export function parseCifBlocks(text: string, file: string): CifBlock[] {
  requireShort(text, file);
  const reader = new BlockReader(tokens(text, file), file);
  return reader.read();
}

/** A text of one structure, or of some, is short. Throws {@link InputError} for one that is not. */
export function requireShort(text: string, file: string): void {
  if (text.length <= MAX_STRUCTURE_TEXT) return;
  throw new InputError(
    `the text has ${text.length} characters, more than ${MAX_STRUCTURE_TEXT}`,
    { file },
    'Give the crystal structure alone, or one structure a file.',
  );
}

class BlockReader {
  private readonly tokens: Iterator<Token, undefined>;
  private readonly file: string;
  private token: Token | undefined;
  private values = new Map<string, CifValue[]>();
  private count = 0; // of tokens

  constructor(tokens: Iterator<Token, undefined>, file: string) {
    this.tokens = tokens;
    this.file = file;
  }

  read(): CifBlock[] {
    const blocks: CifBlock[] = [];
    for (this.advance(); this.token !== undefined; ) {
      const { kind, text, line } = this.token;
      if (kind === 'data') {
        this.values = new Map();
        blocks.push({ name: text, line, values: this.values });
        this.advance();
      } else if (blocks.length === 0) {
        throw syntaxError(`${shown(text)} stands before the first data_ line`, { file: this.file, line });
      } else if (kind === 'loop') this.readLoop(line);
      else if (kind === 'tag') this.readItem(text, line);
      else if (kind === 'save') this.advance();
      else throw syntaxError(`the value ${shown(text)} has no tag`, { file: this.file, line });
    }
    return blocks;
  }

  private advance(): void {
    this.token = this.tokens.next().value;
    if (++this.count > MAX_CIF_VALUES)
      throw new InputError(
        `there are more than ${MAX_CIF_VALUES} values`,
        { file: this.file, line: this.token?.line },
        'Give the crystal structure alone, without reflections or trajectories.',
      );
  }

  private readItem(tag: string, line: number): void {
    this.advance();
    const values = this.start(tag, line);
    if (this.token?.kind !== 'value') throw syntaxError('the tag has no value', { file: this.file, line, column: tag });
    values.push(this.token);
    this.advance();
  }

  private readLoop(line: number): void {
    const columns: CifValue[][] = [];
    for (this.advance(); this.token?.kind === 'tag'; this.advance())
      columns.push(this.start(this.token.text, this.token.line));
    let count = 0;
    for (; this.token?.kind === 'value'; this.advance()) columns[count++ % columns.length]?.push(this.token);
    const isEmpty = count === 0 && this.token !== undefined; // some programs write the tags of what they have not
    if (columns.length === 0 || (count === 0 && !isEmpty) || count % columns.length !== 0)
      throw syntaxError(`the loop has ${columns.length} tags and ${count} values`, { file: this.file, line });
  }

  private start(tag: string, line: number): CifValue[] {
    const key = normalTag(tag);
    if (this.values.has(key)) throw syntaxError('the tag is given twice', { file: this.file, line, column: tag });
    const values: CifValue[] = [];
    this.values.set(key, values);
    return values;
  }
}

/** Tokens line by line; the text of a `data` token is the block's name. */
function* tokens(text: string, file: string): Generator<Token, undefined> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (let i = 0; i < lines.length; i++) {
    if (lines[i].startsWith(';')) {
      let end = i + 1;
      while (end < lines.length && !lines[end].startsWith(';')) end++;
      if (end === lines.length)
        throw syntaxError('the text field that begins with ";" has no end', { file, line: i + 1 });
      const field = [lines[i].slice(1), ...lines.slice(i + 1, end)].join('\n');
      yield { kind: 'value', text: field, line: i + 1, quoted: true };
      i = end;
      yield* lineTokens(lines[i].slice(1), i + 1, file);
    } else yield* lineTokens(lines[i], i + 1, file);
  }
  return undefined;
}

function* lineTokens(text: string, line: number, file: string): Generator<Token> {
  for (let start = skipBlanks(text, 0); start < text.length; ) {
    const first = text[start];
    if (first === '#') return;
    const quoted = first === "'" || first === '"';
    const end = quoted ? closingQuote(text, start) : wordEnd(text, start);
    if (end < 0) throw syntaxError(`the quote ${shown(text.slice(start))} has no end`, { file, line });
    if (quoted) yield { kind: 'value', text: text.slice(start + 1, end), line, quoted };
    else yield wordToken(text.slice(start, end), line);
    start = skipBlanks(text, quoted ? end + 1 : end);
  }
}

function wordToken(word: string, line: number): Token {
  const quoted = false;
  if (word.startsWith('_')) return { kind: 'tag', text: word, line, quoted };
  if (/^data_/i.test(word)) return { kind: 'data', text: word.slice(5), line, quoted };
  if (/^loop_$/i.test(word)) return { kind: 'loop', text: word, line, quoted };
  if (/^save_/i.test(word)) return { kind: 'save', text: word, line, quoted };
  return { kind: 'value', text: word, line, quoted };
}

function isBlank(text: string, position: number): boolean {
  const code = text.charCodeAt(position);
  return code === 32 || code === 9;
}

function skipBlanks(text: string, start: number): number {
  let position = start;
  while (position < text.length && isBlank(text, position)) position++;
  return position;
}

function wordEnd(text: string, start: number): number {
  let position = start;
  while (position < text.length && !isBlank(text, position)) position++;
  return position;
}

/** A quote ends only where a blank or the line's end follows: `'a dog's life'` is one value. */
function closingQuote(text: string, start: number): number {
  for (let end = text.indexOf(text[start], start + 1); end >= 0; end = text.indexOf(text[start], end + 1)) {
    if (end + 1 === text.length || isBlank(text, end + 1)) return end;
  }
  return -1;
}

function syntaxError(problem: string, place: Place): InputError {
  return new InputError(problem, place, REMEDY);
}

/** A text in quotes, cut off where it is long, for messages. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
