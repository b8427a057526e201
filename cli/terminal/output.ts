import { DescriptorUndefinedError, InputError, IntegrityError, IonsieveError } from '../../shared/errors.ts';
import { fileError } from '../../shared/io/store/file-error.ts';
import { formatJson } from '../../shared/json.ts';
import { isVerbose, styled } from './terminal.ts';

/** What the process was stopped with by a signal such as Ctrl-C. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly exitCode: number; // 128 + number of the signal

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Exit code of an error: 2 bad input, 3 damaged artifact, 128 + n signal, 1 anything unforeseen. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interruption) return error.exitCode;
  if (error instanceof InputError || error instanceof DescriptorUndefinedError) return 2;
  return error instanceof IntegrityError ? 3 : 1;
}

/** What to tell the user about an error: its message; where it arose only if nobody foresaw it and it is asked for. */
export function describeError(error: unknown): string {
  if (error instanceof Interruption) return error.message;
  const label = styled('red', 'error:', process.stderr);
  if (!(error instanceof Error)) return `${label} ${String(error)}`;
  if (error instanceof IonsieveError) return `${label} ${error.message}`;
  const unforeseen = styled('red', 'unexpected error:', process.stderr);
  if (isVerbose()) return `${unforeseen} ${error.stack ?? error.message}`;
  return `${unforeseen} ${error.name}: ${error.message}\nThe same command with --verbose says where it arose.`;
}

/** Print a value as the one JSON document of a command. */
export function printJson(value: unknown): void {
  process.stdout.write(formatJson(value));
}

/**
 * Let a command go on to its own exit code when what it prints cannot be written: a reader such as `head` that closes our
 * stdout has all it wants, and progress that nobody reads is no reason to stop work of hours. Results that find no room are told.
 */
export function outlastReaders(): void {
  const ignore = (): void => undefined;
  process.stderr.on('error', ignore);
  process.stdout.on('error', ignore).once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    const failure = fileError(error, 'standard output');
    process.stderr.write(`${describeError(failure)}\n`);
    process.exitCode = exitCodeOf(failure);
  });
}

/** Columns of text, each as wide as its widest cell; numbers to the right. */
export function formatTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const widths = header.map((title, c) => Math.max(title.length, ...rows.map((row) => String(row[c]).length)));
  const line = (cells: readonly (string | number)[], isNumber: (c: number) => boolean): string =>
    cells
      .map((cell, c) => (isNumber(c) ? String(cell).padStart(widths[c]) : String(cell).padEnd(widths[c])))
      .join('  ')
      .trimEnd();
  const isNumeric = (c: number): boolean => rows.every((row) => typeof row[c] === 'number');
  return [header, ...rows].map((cells) => `${line(cells, isNumeric)}\n`).join('');
}
