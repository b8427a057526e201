import { styleText } from 'node:util';

/** What a command says on stderr beside errors: nothing, how far it is, or also what it reads and how long it takes. */
export type Verbosity = 'quiet' | 'normal' | 'verbose';

const LINE_MS = 10_000; // between lines where there is no terminal

let verbosity: Verbosity = 'normal';

/** Set once, before a command begins. */
export function setVerbosity(wanted: Verbosity): void {
  verbosity = wanted;
}

export function isVerbose(): boolean {
  return verbosity === 'verbose';
}

/** Write a line to stderr, unless asked to be quiet. */
export function note(text: string): void {
  if (verbosity !== 'quiet') process.stderr.write(`${text}\n`);
}

/** Write a line to stderr if asked to be verbose. */
export function detail(text: string): void {
  if (isVerbose()) process.stderr.write(`${text}\n`);
}

/** What {@link StatusLine} writes to: `process.stderr`. */
export interface StatusStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A line on how far work is: written anew in its place on a terminal, a line now and then elsewhere, none if quiet. */
export class StatusLine {
  readonly isTerminal: boolean;
  private readonly stream: StatusStream;
  private written = performance.now();

  constructor(stream: StatusStream) {
    this.stream = stream;
    this.isTerminal = stream.isTTY === true;
  }

  show(text: string): void {
    if (verbosity === 'quiet') return;
    if (this.isTerminal) this.stream.write(`\r${text.slice(0, (this.stream.columns ?? 80) - 1)}\u001b[K`);
    else if (performance.now() - this.written >= LINE_MS) {
      this.stream.write(`${text}\n`);
      this.written = performance.now();
    }
  }

  /** Write a line that stays, without spoiling the one that changes. */
  note(text: string): void {
    if (verbosity === 'quiet') return;
    this.clear();
    this.stream.write(`${text}\n`);
  }

  clear(): void {
    if (this.isTerminal && verbosity !== 'quiet') this.stream.write('\r\u001b[K');
  }
}

/** Text in a style where the stream shows colours. */
export function styled(style: Parameters<typeof styleText>[0], text: string, stream: NodeJS.WriteStream): string {
  return hasColours(stream.isTTY, process.env) ? styleText(style, text, { validateStream: false }) : text;
}

/** Whether to colour: NO_COLOR (https://no-color.org) forbids it, FORCE_COLOR demands it, else terminals have it. */
export function hasColours(
  isTerminal: boolean | undefined,
  { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv,
): boolean {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTerminal === true && TERM !== 'dumb';
}
