import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProvider } from '../../shared/import/providers.ts';
import { ALL, entry, OptimadeImport } from './optimade-import.ts';
import { answerIf, type OptimadeServer, sendJson, serveOptimade } from './optimade-server.ts';

const only =
  (n: number) =>
  (request: number): boolean =>
    request === n;
const always = (): boolean => true;

let job: OptimadeImport;
let server: OptimadeServer;

beforeEach(async () => {
  job = await OptimadeImport.start();
  server = job.server;
});

afterEach(() => job.end());

describe('a provider that fails', () => {
  it('is asked again after 500, a cut answer and a slow one', async () => {
    server.interfere = (n, response) => {
      if (n === 1) sendJson(response, 503, {});
      if (n === 2) response.writeHead(200, { 'content-length': 1000 }).write('{"data": [', () => response.destroy());
      if (n === 4) response.writeHead(200, { 'content-type': 'application/json' }).end('{"data": [{"id": "e');
      return n <= 4; // the third gets no answer
    };
    await job.run({}, { retries: 4, timeoutMs: 2000 });
    expect(job.ids()).toEqual(ALL);
    expect(job.retries[0]).toBe('answered 503 2');
    expect(job.retries[1]).toMatch(/^cut the connection \(\w+\) 4$/);
    expect(job.retries[2]).toBe('gave no whole answer within 2 s 8');
    expect(job.retries[3]).toMatch(/^sent an answer that is cut off or damaged .* 16$/);
  });

  it('is asked again after truncated gzip', async () => {
    server.interfere = answerIf(only(1), (response) => {
      const bytes = gzipSync(JSON.stringify({ data: [] }));
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes.subarray(0, bytes.length - 12));
    });
    await job.run();
    expect(job.retries).toHaveLength(1);
    expect(job.retries[0]).toMatch(/cut off|cut the connection/);
  });

  it('is waited for as long as Retry-After asks, in seconds or as a date', async () => {
    server.interfere = (n, response) => {
      if (n === 1) sendJson(response, 429, {}, { 'retry-after': '0' });
      if (n === 2) sendJson(response, 429, {}, { 'retry-after': new Date(Date.now() + 1900).toUTCString() });
      return n <= 2;
    };
    await job.run();
    expect(job.retries[0]).toBe('answered 429 0');
    expect(Number(job.retries[1].split(' ').at(-1))).toBeGreaterThan(500);
    expect(server.times[2] - server.times[1]).toBeGreaterThan(500);
  });

  it('is not waited for where it asks for an hour', async () => {
    server.interfere = answerIf(always, (response) => sendJson(response, 429, {}, { 'retry-after': '3600' }));
    await expect(job.run()).rejects.toThrow(
      'answered 429 and asks for a pause of 60 min. The server is asked too often',
    );
    expect(server.requests).toHaveLength(1);
  });

  it('is named with its own words where it refuses the filter', async () => {
    const detail = 'Unable to parse filter near "HAS".';
    server.interfere = answerIf(always, (response) => sendJson(response, 400, { errors: [{ status: '400', detail }] }));
    await expect(job.run()).rejects.toThrow(
      `${server.origin}/db/v1/structures: page 1 was answered with 400: Unable to parse filter near "HAS". Change --filter`,
    );
    expect(server.requests).toHaveLength(1);
  });

  it('is told to forbid a page limit by what it says', async () => {
    await expect(job.run({ pageLimit: 2000 })).rejects.toThrow('answered with 403: page_limit must be at most 1000. ');
  });

  it.each([
    ['a web page', '<!doctype html><title>Maintenance</title>', /answered with a web page \(text\/html\)/],
    ['nothing', '', /answered with nothing \(text\/html\)/],
  ])('that answers %s is told apart from OPTIMADE', async (_, body, message) => {
    server.interfere = answerIf(always, (response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end(body),
    );
    await expect(job.run()).rejects.toThrow(message);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['no list', { data: {} }, 'page 1 has no list of structures'],
    ['another version', { data: [], meta: { api_version: '2.0.0' } }, 'page 1 is of version 2.0.0 of OPTIMADE'],
    [
      'more without a link',
      { data: [entry(1)], meta: { more_data_available: true } },
      'names no next page (links.next is missing)',
    ],
    [
      'a link to another host',
      { data: [entry(1)], links: { next: 'https://u:p@example.org/v1' } },
      'a next page at example.org, another place',
    ],
    [
      'a next page by another name',
      { data: [entry(1)], links: { next_page: 'http://127.0.0.1/2' } },
      'page 1 names no next page as OPTIMADE does: it has links.next_page and no links.next',
    ],
    [
      'fewer entries than it counts, and no end',
      { data: [entry(1)], links: {}, meta: { data_returned: 3 } },
      'page 1 names no next page (links.next), and 1 of 3 entries were served',
    ],
    [
      'a part of what it has, and no end',
      { data: [entry(1)], meta: { data_available: 7 } },
      'page 1 names no next page (links.next), and 1 of 7 entries were served',
    ],
    ['a link that is none', { data: [entry(1)], links: { next: 7 } }, 'a next page that is no address (7)'],
  ])('that answers with %s is refused', async (_, body, message) => {
    server.interfere = answerIf(always, (response) => sendJson(response, 200, body));
    await expect(job.run()).rejects.toThrow(message);
  });

  it('that leads back to a page is not followed for ever', async () => {
    server.interfere = answerIf(always, (response, n, url) =>
      sendJson(response, 200, { data: [entry(n)], links: { next: url.href } }),
    );
    await expect(job.run()).rejects.toThrow('page 1 leads back to a page that was read before');
  });

  it('that brings the same entries on ever new pages is not followed for ever', async () => {
    server.interfere = answerIf(always, (response, n) =>
      sendJson(response, 200, { data: [entry(0)], links: { next: `?page=${n}` } }),
    );
    await expect(job.run()).rejects.toThrow('pages 2 to 4 brought nothing new');
  });

  it('that redirects to another host is not followed on', async () => {
    server.interfere = answerIf(
      (_, { hostname }) => hostname === '127.0.0.1',
      (response, _, { href }) => response.writeHead(302, { location: href.replace('127.0.0.1', 'localhost') }).end(),
    );
    await expect(job.run()).rejects.toThrow('leads to another host, localhost. Give --provider');
  });

  it('that is down is told as down', async () => {
    const { origin, close } = await serveOptimade([]);
    await close();
    const provider = findProvider(origin);
    await expect(job.run({ provider }, { retries: 1 })).rejects.toThrow(
      `${origin}/v1/structures: refuses connections (ECONNREFUSED) (tried 2 times). The server may be down`,
    );
  });

  it('that says which page is the last is believed, whatever it counts', async () => {
    server.interfere = answerIf(always, (response) =>
      sendJson(response, 200, { data: [entry(0)], links: { next: null }, meta: { data_returned: 3 } }),
    );
    expect(await job.run()).toMatchObject({ structures: 1, announced: 3 });
  });

  it('that writes NaN is told so, and not asked again', async () => {
    server.interfere = answerIf(always, (response) =>
      response.writeHead(200).end(JSON.stringify({ data: [entry(0)] }).replace('"nsites":2', '"nsites":NaN')),
    );
    await expect(job.run()).rejects.toThrow(
      /structures: page 1 is no valid JSON \(NaN is no number in JSON: .*nsites.* at position \d+\)\. Tell the provider/,
    );
    expect(server.requests).toHaveLength(1);
  });

  it('that leaves parts of the query out of the next page is asked for them again', async () => {
    server.interfere = answerIf(always, (response, n) =>
      sendJson(response, 200, { data: [entry(n)], links: { next: n < 3 ? `/db/v1/structures?page=${n + 1}` : null } }),
    );
    await job.run();
    const [first, ...others] = server.requests.map(({ searchParams }) => searchParams);
    for (const params of others)
      for (const name of ['filter', 'response_fields', 'page_limit']) expect(params.get(name)).toBe(first.get(name));
    expect(others.map((params) => params.get('page'))).toEqual(['2', '3']);
  });

  it('that counts no entries is read all the same', async () => {
    server.interfere = answerIf(always, (response) => sendJson(response, 200, { data: [entry(0)], meta: {} }));
    expect((await job.run()).announced).toBeNull();
  });
});
