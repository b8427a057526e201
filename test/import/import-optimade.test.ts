import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../shared/hash.ts';
import { sealJson } from '../../shared/io/store/sealed-json.ts';
import { readStructures } from '../../shared/structure/formats/read-structures.ts';
import { ALL, ENTRIES, entry, OptimadeImport } from './optimade-import.ts';
import { answerIf, type OptimadeServer, sendJson } from './optimade-server.ts';

const only =
  (n: number) =>
  (request: number): boolean =>
    request === n;

let job: OptimadeImport;
let server: OptimadeServer;

beforeEach(async () => {
  job = await OptimadeImport.start();
  server = job.server;
});

afterEach(() => job.end());

describe('importOptimade', () => {
  it('brings every page in the order served, with the fields that labelling needs and no others', async () => {
    await job.run();
    expect(job.ids()).toEqual(ALL);
    expect(JSON.parse(job.lines()[0])).toEqual({ 'x-optimade': { meta: { api_version: '1.1.0' } } });
    const { id, type, attributes } = entry(4) as { id: string; type: string; attributes: Record<string, unknown> };
    const { _example_energy, ...kept } = attributes;
    expect(JSON.parse(job.lines()[5])).toEqual({ id, type, attributes: kept });
    expect(server.requests).toHaveLength(4);
    expect(Object.fromEntries(server.requests[0].searchParams)).toEqual({
      filter: 'elements HAS "Li"',
      page_limit: '3',
      response_fields:
        'lattice_vectors,cartesian_site_positions,species_at_sites,species,nsites,structure_features,assemblies,dimension_types,nperiodic_dimensions',
    });
    expect(server.requests[0].pathname).toBe('/db/v1/structures');
    expect(job.files()).toEqual(['out.jsonl.gz', 'out.jsonl.gz.manifest.json']);
  });

  it('says in the manifest what was asked of whom, when, and what came', async () => {
    const manifest = await job.run();
    expect(JSON.parse(readFileSync(`${job.out}.manifest.json`, 'utf8'))).toEqual(manifest);
    expect(manifest).toMatchObject({
      file: 'out.jsonl.gz',
      sha256: sha256(readFileSync(job.out)),
      structures: 10,
      repeated: 0,
      announced: 10,
      providerName: 'Example',
      baseUrl: `${server.origin}/db`,
      filter: 'elements HAS "Li"',
      apiVersion: '1.1.0',
      licence: null,
      retrieved: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T00:00:00.000Z' },
    });
  });

  it('is read by our own reader, unusable entries with their reasons', async () => {
    server.entries = [entry(0), { id: 'bad', type: 'structures', attributes: { lattice_vectors: null } }, entry(1)];
    await job.run();
    const read: string[] = [];
    for await (const result of readStructures([job.out]))
      read.push('error' in result ? `${result.id}: ${result.error.problem}` : result.structure.id);
    expect(read).toEqual(['e-0', 'bad: structure bad: is no list of vectors', 'e-1']);
  });

  it('writes plain lines where the name does not end in .gz', async () => {
    const plain = join(job.directory, 'out.jsonl');
    await job.run({ out: plain });
    expect(readFileSync(plain, 'utf8').split('\n')).toHaveLength(12);
  });

  it.each([1, 2, 3, 4])('goes on after page %i failed, to the same bytes', async (page) => {
    await job.run({ out: join(job.directory, 'whole.jsonl.gz') });
    server.interfere = answerIf(
      (_, url) => url.searchParams.get('page_offset') === (page === 1 ? null : String(3 * (page - 1))),
      (response) => sendJson(response, 500, {}),
    );
    await expect(job.run({}, { retries: 1 })).rejects.toThrow(/answered 500 \(tried 2 times\). The server has a fault/);
    expect(existsSync(job.out)).toBe(false);
    const before = server.requests.length;
    server.interfere = () => false;
    await job.run();
    expect(server.requests.length - before).toBe(5 - page);
    expect(readFileSync(job.out)).toEqual(readFileSync(join(job.directory, 'whole.jsonl.gz')));
    expect(job.files()).toEqual(['out', 'whole'].flatMap((n) => [`${n}.jsonl.gz`, `${n}.jsonl.gz.manifest.json`]));
  });

  it('neither loses nor doubles a page whose writing was cut off or not yet noted', async () => {
    server.interfere = answerIf(only(3), (response) => sendJson(response, 404, {}));
    await expect(job.run()).rejects.toThrow('page 3 was answered with 404');
    writeFileSync(
      `${job.out}.partial`,
      Buffer.concat([readFileSync(`${job.out}.partial`), gzipSync('{"id":"e-6"}\n').subarray(0, 20)]),
    );
    server.interfere = () => false;
    await job.run();
    expect(job.ids()).toEqual(ALL);
  });

  it('finishes an import that was stopped between its last page and its end', async () => {
    await job.run();
    const bytes = readFileSync(job.out);
    const cursor = { query: { baseUrl: `${server.origin}/db`, filter: 'elements HAS "Li"', pageLimit: 3 }, next: null };
    const { responseFields } = JSON.parse(readFileSync(`${job.out}.manifest.json`, 'utf8'));
    const partial = { bytes: bytes.length, partialSha256: sha256(bytes) };
    const counts = { pages: 4, ...partial, structures: 10, repeated: 0, announced: 10, from: 'a', to: 'b' };
    const said = { apiVersion: null, provider: null };
    const query = { ...cursor.query, responseFields };
    writeFileSync(`${job.out}.cursor.json`, sealJson({ ...cursor, query, ...counts, ...said }));
    const before = server.requests.length;
    expect((await job.run()).retrieved).toEqual({ from: 'a', to: 'b' });
    expect(server.requests.length).toBe(before);
    expect(readFileSync(job.out)).toEqual(bytes);
    expect(job.files()).toEqual(['out.jsonl.gz', 'out.jsonl.gz.manifest.json']);
  });

  it('refuses to go on with another query, and begins anew when told to', async () => {
    server.interfere = answerIf(only(2), (response) => sendJson(response, 404, {}));
    await expect(job.run()).rejects.toThrow();
    await expect(job.run({ filter: 'nelements=2' })).rejects.toThrow(
      /cursor\.json: an import of .* is not finished.*--restart/,
    );
    await job.run({ filter: 'nelements=2', restart: true });
    expect(job.ids()).toEqual(ALL);
  });

  it('refuses a partial file that is shorter than noted, or a cursor that is none', async () => {
    server.interfere = answerIf(only(3), (response) => sendJson(response, 404, {}));
    await expect(job.run()).rejects.toThrow();
    truncateSync(`${job.out}.partial`, 10);
    await expect(job.run()).rejects.toThrow(
      /cursor\.json: says that out\.jsonl\.gz\.partial has \d+ bytes, and there are 10/,
    );
    writeFileSync(`${job.out}.cursor.json`, '{}');
    await expect(job.run()).rejects.toThrow(/cursor\.json: it has no field sha256.* Start the import anew/);
    writeFileSync(`${job.out}.cursor.json`, sealJson({ next: null }));
    await expect(job.run()).rejects.toThrow(
      /cursor\.json:query: query is missing: it should be an object\. Start the import anew with --restart\./,
    );
  });

  it('does not go on with a partial file or a cursor that was damaged meanwhile', async () => {
    server.interfere = answerIf(only(3), (response) => sendJson(response, 404, {}));
    await expect(job.run()).rejects.toThrow();
    server.interfere = () => false;
    for (const [file, problem] of [
      ['partial', /says that out\.jsonl\.gz\.partial has the SHA-256 \w+, and it has/],
      ['cursor.json', /its own hash is not that of its content|it is not JSON/],
    ] as const) {
      const bytes = readFileSync(`${job.out}.${file}`);
      writeFileSync(`${job.out}.${file}`, bytes.with(40, bytes[40] ^ 1));
      await expect(job.run()).rejects.toThrow(problem);
      writeFileSync(`${job.out}.${file}`, bytes);
    }
    await job.run();
    expect(job.ids()).toEqual(ALL);
  });

  it('keeps an entry once if the provider serves it again', async () => {
    server.entries = [...ENTRIES.slice(0, 4), ENTRIES[1], ...ENTRIES.slice(4)];
    const { structures, repeated } = await job.run();
    expect([structures, repeated]).toEqual([10, 1]);
    expect(job.ids()).toEqual(ALL);
  });

  it('knows across a stop which entries came before', async () => {
    server.interfere = answerIf(only(2), (response) => sendJson(response, 404, {}));
    await expect(job.run()).rejects.toThrow();
    server.interfere = () => false;
    server.entries = [entry(99), ...ENTRIES]; // came in meanwhile and moved the others by one
    const { structures, repeated } = await job.run();
    expect([structures, repeated]).toEqual([10, 1]);
    expect(job.ids()).toEqual(ALL);
  });

  it('leaves nothing behind where no structure matches', async () => {
    server.entries = [];
    await expect(job.run()).rejects.toThrow('/db: no structure matches the filter elements HAS "Li". Change --filter.');
    expect(job.files()).toEqual([]);
  });
});

describe('the client', () => {
  it('pauses between an answer and the next request', async () => {
    await job.run({}, { delayMs: 60 });
    const gaps = server.times.slice(1).map((time, i) => time - server.times[i]);
    expect(Math.min(...gaps)).toBeGreaterThan(55);
  });

  it('stops at once when it is told to, and the import goes on afterwards', async () => {
    const controller = new AbortController();
    server.interfere = answerIf(only(3), () => controller.abort(new Error('stopped')));
    await expect(job.run({}, { signal: controller.signal })).rejects.toThrow('stopped');
    server.interfere = () => false;
    await job.run();
    expect(job.ids()).toEqual(ALL);
  });
});
