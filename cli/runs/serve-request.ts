import { compareStored } from '../../shared/comparison/compare-with-last.ts';
import { IonsieveError } from '../../shared/errors.ts';
import { COMPARE_PATH, problemPage, runsPage } from '../../shared/report/runs-page.ts';
import { isRunId } from '../../shared/run-id.ts';
import { outputKey } from '../../shared/runs/run-keys.ts';
import type { ContainedStore } from './contained-store.ts';
import { listRuns, SHOWN_FILES } from './listed-runs.ts';

/** A request as far as it matters. */
export interface PageRequest {
  readonly method: string | undefined;
  readonly target: string | undefined; // path and query
  readonly host: string | undefined; // the Host header
}

/** What is answered. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const HTML = 'text/html; charset=utf-8';
const TYPES: Readonly<Record<string, string>> = {
  html: HTML,
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};

/**
 * Of files that this server did not make: their own policy says more, and they cannot reach anything whatever it says.
 * The sandbox gives each an origin of its own, so that a script in one cannot read another run through a window.
 */
const FILE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-downloads";

/**
 * Answer a request for the list of runs, an output of a run, or a comparison of two.
 *
 * @param port that the server listens on: a page of another origin whose name was made to lead here is refused by the
 *   Host header that it brings (DNS rebinding)
 */
export async function answerRequest(store: ContainedStore, port: number, request: PageRequest): Promise<PageAnswer> {
  const { method, target, host } = request;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`)
    return problem(421, 'Wrong host', `This server answers for 127.0.0.1:${port} alone.`);
  if (method !== 'GET' && method !== 'HEAD')
    return problem(405, 'Not allowed', 'Runs can be read, not changed.', { allow: 'GET, HEAD' });
  if (target === undefined || !/^\/(?!\/)/.test(target)) return missing(); // with a host of its own
  try {
    return await route(store, new URL(target, `http://${host}`));
  } catch (error) {
    if (error instanceof IonsieveError) return problem(409, 'This cannot be shown', error.message);
    throw error;
  }
}

async function route(store: ContainedStore, { pathname, searchParams }: URL): Promise<PageAnswer> {
  if (pathname === '/') {
    const { runs, problems } = await listRuns(store);
    return page(runsPage(store.location, runs, problems));
  }
  if (pathname === `/${COMPARE_PATH}`) return compare(store, searchParams.get('before'), searchParams.get('after'));
  const [, runs, runId, file, ...more] = pathname.split('/');
  const isShown = (SHOWN_FILES as readonly string[]).includes(file);
  if (runs !== 'runs' || !isRunId(runId) || !isShown || more.length > 0) return missing();
  const body = await store.get(outputKey(runId, file));
  if (body === undefined) return missing();
  const type = TYPES[file.slice(file.lastIndexOf('.') + 1)];
  return { status: 200, headers: headersOf(type, FILE_POLICY), body };
}

async function compare(store: ContainedStore, before: string | null, after: string | null): Promise<PageAnswer> {
  if (!isRunId(before ?? '') || !isRunId(after ?? '') || before === after)
    return problem(400, 'Nothing to compare', 'Mark two different runs, one as before and one as after.');
  const compared = await compareStored(store, before as string, after as string);
  const { comparisonPage } = await import('../../shared/comparison/comparison-page.ts'); // plots take long to load
  return page(comparisonPage(compared));
}

/** A page that was made here: what its own policy allows, the header allows. */
function page(html: string, status = 200, more: Readonly<Record<string, string>> = {}): PageAnswer {
  const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? ['', "default-src 'none'"];
  const headers = { ...headersOf(HTML, `${policy}; frame-ancestors 'none'`), ...more };
  return { status, headers, body: Buffer.from(html) };
}

function problem(status: number, title: string, text: string, headers?: Readonly<Record<string, string>>): PageAnswer {
  return page(problemPage(title, text), status, headers);
}

function missing(): PageAnswer {
  return problem(404, 'Not found', 'There is no such run or file.');
}

function headersOf(type: string, policy: string): Record<string, string> {
  return {
    'content-type': type,
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}
