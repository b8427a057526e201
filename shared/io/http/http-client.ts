import { InputError } from '../../errors.ts';
import { type Connection, connectionFailure, HTTP_REMEDIES, waitAsked } from './http-failures.ts';

/** What a server answered, whole. */
export interface HttpAnswer {
  readonly url: string; // after redirects
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** How requests are made. */
export interface HttpOptions {
  readonly userAgent: string;
  readonly timeoutMs: number; // of one try, from the request to the last byte
  readonly retries: number; // tries after the first one
  readonly delayMs: number; // between one answer and the next request, so that no server is hurried
  readonly backoffMs: number; // before the first retry; doubles from one to the next
  readonly signal: AbortSignal; // stops everything; its reason is thrown
  readonly onRetry: (problem: string, waitMs: number, isUnreached: boolean) => void;
  readonly hint?: string | undefined; // what else to do where a server cannot be reached
}

const MAX_BYTES = 1 << 28; // of one answer
const MAX_BACKOFF_MS = 60_000;
const MAX_ASKED_MS = 600_000; // a server that asks for more is not waited for
const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504]);

interface PassingDetails {
  readonly waitMs?: number | undefined;
  readonly isUnreached?: boolean;
  readonly cause?: unknown;
}

/** An answer that another try may better. */
class Passing extends Error {
  readonly remedy: string;
  readonly waitMs: number | undefined; // that the server asked for
  readonly isUnreached: boolean; // nothing was answered

  constructor(problem: string, remedy: string, { waitMs, isUnreached = false, cause }: PassingDetails = {}) {
    super(problem, { cause });
    this.remedy = remedy;
    this.waitMs = waitMs;
    this.isUnreached = isUnreached;
  }
}

/**
 * Gets answers over HTTP one after the other: politely, with a time limit, and again after what passes (no connection,
 * a cut one, 408, 425, 429, 500, 502, 503 and 504), as long after as `Retry-After` asks or with doubling waits.
 */
export class HttpClient {
  private readonly options: HttpOptions;
  private lastAnswer = Number.NEGATIVE_INFINITY; // ms of the monotonic clock

  constructor(options: HttpOptions) {
    this.options = options;
  }

  /**
   * @param accept value of the header Accept
   * @param read makes something of an answer; a SyntaxError that it throws is taken for a cut answer, and tried again
   * @throws {InputError} naming the address without its query, if it does not answer in the end
   */
  async get<T>(url: URL, accept: string, read: (answer: HttpAnswer) => T): Promise<T> {
    const { retries, backoffMs, onRetry, hint } = this.options;
    for (let tries = 1; ; tries++) {
      try {
        return read(await this.attempt(url, accept));
      } catch (error) {
        const passing = asPassing(error, url, hint);
        if (tries > retries || (passing.waitMs ?? 0) > MAX_ASKED_MS) throw finalFailure(passing, url, tries, hint);
        const wait = passing.waitMs ?? Math.min(backoffMs * 2 ** (tries - 1), MAX_BACKOFF_MS);
        onRetry(passing.message, wait, passing.isUnreached);
        await this.wait(wait);
      }
    }
  }

  private async attempt(url: URL, accept: string): Promise<HttpAnswer> {
    const { userAgent, timeoutMs, delayMs, signal } = this.options;
    await this.wait(this.lastAnswer + delayMs - performance.now());
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const headers = { accept, 'user-agent': userAgent };
      const response = await fetch(url, { headers, signal: AbortSignal.any([signal, timeout]) });
      const bytes = await readBody(response, url);
      refusePassing(response, bytes);
      const contentType = response.headers.get('content-type') ?? '';
      return { url: response.url, status: response.status, contentType, bytes };
    } catch (error) {
      signal.throwIfAborted();
      if (timeout.aborted)
        throw new Passing(`gave no whole answer within ${timeoutMs / 1000} s`, HTTP_REMEDIES.slow, {
          isUnreached: true,
        });
      throw error;
    } finally {
      this.lastAnswer = performance.now();
    }
  }

  private async wait(ms: number): Promise<void> {
    const { signal } = this.options;
    signal.throwIfAborted();
    if (ms <= 0) return;
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, ms);
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}

async function readBody({ body }: Response, url: URL): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  if (body !== null) {
    for await (const piece of body as unknown as AsyncIterable<Uint8Array>) {
      pieces.push(piece);
      size += piece.length;
      if (size > MAX_BYTES)
        throw new InputError(
          `answered with more than ${MAX_BYTES} bytes`,
          { file: placeOf(url) },
          'Ask for less at once.',
        );
    }
  }
  return Buffer.concat(pieces);
}

function refusePassing({ status, headers }: Response, bytes: Uint8Array): void {
  if (!RETRIED.has(status)) return;
  const waitMs = waitAsked(headers.get('retry-after'), Date.now());
  const remedy = status === 429 ? HTTP_REMEDIES.busy : HTTP_REMEDIES.down;
  throw new Passing(`answered ${status}${bytes.length === 0 ? ' without a word' : ''}`, remedy, { waitMs });
}

/** What passes as such; everything else is thrown. */
function asPassing(error: unknown, url: URL, hint: string | undefined): Passing {
  if (error instanceof Passing) return error;
  if (error instanceof SyntaxError)
    return new Passing(`sent an answer that is cut off or damaged (${error.message.slice(0, 200)})`, HTTP_REMEDIES.cut);
  const failure = connectionFailure(error);
  if (failure === undefined) throw error;
  if (failure.final) throw refused(failure, url, hint, error);
  return new Passing(failure.problem, failure.remedy, { isUnreached: true, cause: error });
}

function refused({ problem, remedy }: Connection, url: URL, hint?: string, cause?: unknown): InputError {
  return new InputError(problem, { file: placeOf(url) }, joined(remedy, hint), { cause });
}

function finalFailure(passing: Passing, url: URL, tries: number, hint: string | undefined): InputError {
  const { message, remedy, waitMs = 0, isUnreached, cause } = passing;
  const asked = waitMs > MAX_ASKED_MS ? ` and asks for a pause of ${Math.ceil(waitMs / 60_000)} min` : '';
  const often = tries > 1 ? ` (tried ${tries} times)` : '';
  const what = joined(remedy, isUnreached ? hint : undefined);
  return new InputError(message + asked + often, { file: placeOf(url) }, what, { cause });
}

function joined(remedy: string, hint: string | undefined): string {
  return hint === undefined ? remedy : `${remedy} ${hint}`;
}

/** An address for messages: without its query, which may be long. */
export function placeOf({ origin, pathname }: URL): string {
  return origin + pathname;
}
