import { packageVersion } from '../../local/shipped/package-root.ts';
import { HttpClient } from '../../shared/io/http/http-client.ts';
import { proxyHint } from './proxy-hint.ts';

/** Options of every command that fetches. */
export interface FetchOptions {
  readonly delay: number; // s
  readonly timeout: number; // s
  readonly retries: number;
}

const BACKOFF_MS = 1000;

/** A client that says on stderr what it tries again, and once that a proxy may be the reason. */
export function fetchClient(options: FetchOptions, signal: AbortSignal, note: (text: string) => void): HttpClient {
  const hint = proxyHint(process.env, process.versions.node, process.execArgv);
  let untold = hint;
  return new HttpClient({
    userAgent: `ionsieve/${packageVersion()}`,
    timeoutMs: 1000 * options.timeout,
    retries: options.retries,
    delayMs: 1000 * options.delay,
    backoffMs: BACKOFF_MS,
    signal,
    hint,
    onRetry: (problem, waitMs, isUnreached) => {
      note(`the server ${problem}: trying again in ${Math.ceil(waitMs / 1000)} s`);
      if (isUnreached && untold !== undefined) note(untold);
      if (isUnreached) untold = undefined;
    },
  });
}
