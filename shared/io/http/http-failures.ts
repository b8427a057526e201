import { InputError } from '../../errors.ts';

/** What to do where a server fails for a while. */
export const HTTP_REMEDIES = {
  down: 'The server has a fault of its own: try again later.',
  busy: 'The server is asked too often: try again later, with a longer pause between requests.',
  slow: 'Allow more time, ask for less at once, or try again later.',
  cut: 'Try again later; ask for less at once if it happens again.',
} as const;

/** Why a connection failed. */
export interface Connection {
  readonly problem: string;
  readonly remedy: string;
  readonly final: boolean; // another try is of no use
}

const UNREACHED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'cut the connection',
  EPIPE: 'cut the connection',
  UND_ERR_SOCKET: 'cut the connection',
  ETIMEDOUT: 'cannot be reached',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ENETDOWN: 'cannot be reached',
  EAI_AGAIN: 'cannot be found for now',
  UND_ERR_CONNECT_TIMEOUT: 'cannot be reached',
  UND_ERR_HEADERS_TIMEOUT: 'does not answer',
  UND_ERR_BODY_TIMEOUT: 'stopped in the middle of an answer',
};

/** An error of `fetch` or of reading its body as what it means for the user; undefined for any other error. */
export function connectionFailure(error: unknown): Connection | undefined {
  if (!isOfFetch(error)) return undefined;
  const chain = causes(error);
  const proxyStatus = chain.map(({ message }) => /^Proxy response \((\d+)\)/.exec(message)?.[1]).find(Boolean);
  if (proxyStatus !== undefined) return refusedByProxy(Number(proxyStatus));
  const code = chain.map((one) => (one as NodeJS.ErrnoException).code).find((one) => typeof one === 'string'); // a DOMException has a number
  if (code === 'ENOTFOUND')
    return {
      problem: `has a name that is not known (${code})`,
      remedy: 'Check the address and the network.',
      final: true,
    };
  if (code?.startsWith('Z_'))
    return {
      problem: `sent packed data that are cut off or damaged (${code})`,
      remedy: HTTP_REMEDIES.cut,
      final: false,
    };
  if (/^(CERT|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code ?? ''))
    return {
      problem: `has no certificate that can be trusted (${code})`,
      remedy: 'Check the address and the clock of this computer.',
      final: true,
    };
  const problem = UNREACHED[code ?? ''] ?? 'cannot be reached, or cut the connection';
  const remedy = 'The server may be down, or the network: try again later.';
  return { problem: `${problem} (${code ?? (chain.at(-1)?.message || 'without a reason')})`, remedy, final: false };
}

/** A proxy that was asked for a way to the server and gave none. @param status of its answer */
function refusedByProxy(status: number): Connection {
  const problem = `is behind a proxy that refused the connection (${status})`;
  if (status === 407)
    return {
      problem,
      remedy: 'Give the proxy its user name and password: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT.',
      final: true,
    };
  if (status < 500) return { problem, remedy: 'Ask who runs the proxy to let this address through.', final: true };
  return { problem, remedy: 'The proxy cannot reach the server: try again later, or ask who runs it.', final: false };
}

/** An error and what it was caused by, outermost first. */
function causes(error: Error): Error[] {
  const chain = [error];
  for (let { cause } = error; cause instanceof Error && chain.length < MAX_CAUSES; { cause } = cause) chain.push(cause);
  return chain;
}

const MAX_CAUSES = 10; // an error may be its own cause

/** The names that undici, Node's fetch, gives its failures; any other TypeError is a fault of ours. */
function isOfFetch(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return (
    /^(fetch failed|terminated)$/.test(error.message) || String((error as NodeJS.ErrnoException).code).startsWith('Z_')
  );
}

/**
 * The pause that the header Retry-After asks for, in ms; undefined if it is absent or no such header.
 *
 * @param now ms since 1970, for a header that gives a date
 * @see RFC 9110, section 10.2.3
 */
export function waitAsked(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return 1000 * Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * An address that a user gave.
 *
 * @param text may have a path, not a query, a fragment or credentials
 * @throws {InputError} if it is no address for HTTP or HTTPS
 */
export function parseHttpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const fail = (problem: string, remedy: string): never => {
    throw new InputError(problem, { file: url === undefined ? text : url.origin + url.pathname }, remedy);
  };
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return fail('is no address for HTTP or HTTPS', 'Give an address such as https://example.org/optimade.');
  if (url.username !== '' || url.password !== '')
    fail('has a user name or password in it', 'Give the address without them: only public data are fetched.');
  if (url.search !== '' || url.hash !== '') fail('has a part after ? or #', 'Give the address without it.');
  return url;
}

/** An address or path without the slashes at its end. */
export function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end--;
  return text.slice(0, end);
}
