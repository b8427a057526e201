import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server does with the n-th request (from 1): answers it itself and returns true, or leaves it to the pages. */
export type Interference = (request: number, response: ServerResponse, url: URL) => boolean;

/** Answers some requests in place of the pages. */
export function answerIf(
  applies: (request: number, url: URL) => boolean,
  answer: (response: ServerResponse, request: number, url: URL) => unknown,
): Interference {
  return (request, response, url) => {
    if (!applies(request, url)) return false;
    answer(response, request, url);
    return true;
  };
}

export interface OptimadeServer {
  readonly origin: string;
  readonly requests: readonly URL[];
  readonly times: readonly number[]; // ms, of the requests
  interfere: Interference;
  /** Resources that are served; may change between requests. */
  entries: readonly unknown[];
  close(): Promise<void>;
}

/** A server on 127.0.0.1 that speaks OPTIMADE: pages by offset, at most `maxPage` resources each. */
export async function serveOptimade(entries: readonly unknown[], maxPage = 1000): Promise<OptimadeServer> {
  const requests: URL[] = [];
  const times: number[] = [];
  const server = createServer((incoming, response) => {
    const url = new URL(incoming.url as string, `http://${incoming.headers.host}`);
    requests.push(url);
    times.push(performance.now());
    if (!state.interfere(requests.length, response, url)) answerPage(url, state.entries, maxPage, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const state: OptimadeServer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    times,
    interfere: () => false,
    entries,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return state;
}

function answerPage(url: URL, entries: readonly unknown[], maxPage: number, response: ServerResponse): void {
  const limit = Number(url.searchParams.get('page_limit'));
  if (limit > maxPage) {
    sendJson(response, 403, { errors: [{ detail: `page_limit must be at most ${maxPage}.` }] });
    return;
  }
  const offset = Number(url.searchParams.get('page_offset') ?? 0);
  const next = new URL(url);
  next.searchParams.set('page_offset', String(offset + limit));
  const more = offset + limit < entries.length;
  sendJson(response, 200, {
    data: entries.slice(offset, offset + limit),
    links: { next: more ? { href: next.href } : null },
    meta: {
      api_version: '1.1.0',
      provider: { name: 'Example' },
      data_returned: entries.length,
      more_data_available: more,
    },
  });
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/vnd.api+json', ...headers }).end(JSON.stringify(body));
}
