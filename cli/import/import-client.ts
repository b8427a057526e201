import { packageVersion } from '../../local/shipped/package-root.ts';
import { HttpClient } from '../../shared/io/http/http-client.ts';

/** Options of every command that fetches. */
export interface FetchOptions {
  readonly delay: number; // s
  readonly timeout: number; // s
  readonly retries: number;
}

const BACKOFF_MS = 1000;

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
