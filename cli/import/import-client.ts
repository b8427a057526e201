import { type Command, InvalidArgumentError } from 'commander';
import { packageVersion } from '../../local/shipped/package-root.ts';
import { HttpClient } from '../../shared/io/http/http-client.ts';
import { naturalNumber } from '../terminal/options.ts';

/** Options of every command that fetches. */
export interface FetchOptions {
  readonly delay: number; // s
  readonly timeout: number; // s
  readonly retries: number;
}

const BACKOFF_MS = 1000;

export function addFetchOptions(command: Command): Command {
  return command
    .option('--delay <seconds>', 'pause between an answer and the next request', seconds, 0.5)
    .option('--timeout <seconds>', 'time for one answer', positiveSeconds, 60)
    .option('--retries <number>', 'how often to try again after a fault that may pass', naturalNumber, 6);
}

/** A client that says on stderr what it tries again. */
export function fetchClient(options: FetchOptions, signal: AbortSignal, note: (text: string) => void): HttpClient {
  return new HttpClient({
    userAgent: `ionsieve/${packageVersion()}`,
    timeoutMs: 1000 * options.timeout,
    retries: options.retries,
    delayMs: 1000 * options.delay,
    backoffMs: BACKOFF_MS,
    signal,
    onRetry: (problem, waitMs) => note(`the server ${problem}: trying again in ${Math.ceil(waitMs / 1000)} s`),
  });
}

function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value > 86_400)
    throw new InvalidArgumentError('Give seconds, such as 0.5, at most 86400.');
  return value;
}

function positiveSeconds(text: string): number {
  const value = seconds(text);
  if (value === 0) throw new InvalidArgumentError('Give more than 0 seconds.');
  return value;
}
