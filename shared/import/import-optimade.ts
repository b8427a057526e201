import { basename, dirname } from 'node:path';
import { InputError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import { type HttpClient, placeOf } from '../io/http/http-client.ts';
import { DirectoryStore } from '../io/store/directory-store.ts';
import { formatJson } from '../json.ts';
import { fetchPage } from './fetch-page.ts';
import { firstPage, NO_END, type OptimadePage, RESPONSE_FIELDS } from './optimade-page.ts';
import { type Cursor, checkSameQuery, type OptimadeQuery, PartialImport } from './partial-import.ts';
import type { OptimadeProvider } from './providers.ts';

/** What to import, and where to. */
export interface ImportOptions {
  readonly provider: OptimadeProvider;
  readonly filter: string;
  readonly pageLimit: number;
  readonly out: string; // path of the JSON Lines file
  readonly restart: boolean; // throw away what an earlier run left unfinished
}

/** What was imported: the content of `<out>.manifest.json`. */
export interface ImportManifest {
  readonly file: string;
  readonly sha256: string; // of the file's bytes
  readonly bytes: number;
  readonly structures: number;
  readonly repeated: number; // entries left out because their id had come before
  readonly announced: number | null; // entries that the provider counts
  readonly provider: string;
  readonly providerName: string;
  readonly baseUrl: string;
  readonly apiVersion: string | null;
  readonly filter: string;
  readonly pageLimit: number;
  readonly responseFields: readonly string[];
  readonly licence: string | null; // null = not known: ask the provider
  readonly credit: string | null;
  readonly retrieved: { readonly from: string; readonly to: string }; // ISO 8601
}

/** Told after every page. */
export type OnPage = (cursor: Pick<Cursor, 'structures' | 'pages' | 'announced'>, resumed: boolean) => void;

const MAX_BARREN_PAGES = 3; // one after the other without a structure that is new

/**
 * Bring all structures that match a filter into a file of OPTIMADE JSON Lines, in the order in which they are served, and
 * a manifest beside it. An import that was stopped, by whatever, goes on where it was.
 *
 * @param now the time, for the manifest
 * @throws {InputError} if the provider cannot be read to its end
 */
export async function importOptimade(
  { provider, filter, pageLimit, out, restart }: ImportOptions,
  client: HttpClient,
  now: () => Date,
  onPage: OnPage = () => {},
): Promise<ImportManifest> {
  const partial = new PartialImport(out);
  if (restart) await partial.discard();
  const query: OptimadeQuery = { baseUrl: provider.baseUrl, filter, pageLimit, responseFields: RESPONSE_FIELDS };
  const begun = await partial.cursor();
  if (begun !== undefined) checkSameQuery(begun.query, query, partial.cursorPath);
  if (begun !== undefined) onPage(begun, true);
  let cursor = begun ?? start(query, now());
  const ids = begun === undefined ? new Set<string>() : await partial.ids();
  const pages = new PageGuard();
  while (cursor.next !== null) {
    const url = new URL(cursor.next);
    const page = await fetchPage(client, url, cursor.pages + 1);
    const next = await store(page, cursor, ids, partial, now());
    pages.check(url, page, next.structures - cursor.structures, next.pages);
    requireWhole(url, page, next);
    await partial.save(next);
    cursor = next;
    onPage(cursor, false);
  }
  if (cursor.structures === 0) {
    await partial.discard();
    throw new InputError(`no structure matches the filter ${filter}`, { file: provider.baseUrl }, 'Change --filter.');
  }
  await partial.check(cursor);
  const manifest = describe(cursor, provider, partial);
  await new DirectoryStore(dirname(out)).put(`${basename(out)}.manifest.json`, encode(manifest));
  await partial.finish();
  return manifest;
}

function start(query: OptimadeQuery, now: Date): Cursor {
  const { baseUrl, filter, pageLimit } = query;
  return {
    query,
    next: firstPage(baseUrl, filter, pageLimit).href,
    pages: 0,
    bytes: 0,
    partialSha256: sha256(''),
    structures: 0,
    repeated: 0,
    announced: null,
    apiVersion: null,
    provider: null,
    from: now.toISOString(),
    to: now.toISOString(),
  };
}

/** Append what is new on a page; the cursor behind it. */
async function store(
  page: OptimadePage,
  cursor: Cursor,
  ids: Set<string>,
  partial: PartialImport,
  now: Date,
): Promise<Cursor> {
  const fresh = page.entries.filter(({ id }) => {
    if (id === undefined) return true; // counted when it is read: it has no name to be told by
    const isNew = !ids.has(id);
    ids.add(id);
    return isNew;
  });
  const lines = fresh.map(({ line }) => line);
  if (cursor.pages === 0) lines.unshift(header(page.apiVersion));
  const bytes = lines.length === 0 ? cursor.bytes : await partial.append(lines, cursor.bytes);
  return {
    ...cursor,
    next: page.next?.href ?? null,
    pages: cursor.pages + 1,
    bytes,
    partialSha256: partial.sha256,
    structures: cursor.structures + fresh.length,
    repeated: cursor.repeated + page.entries.length - fresh.length,
    announced: page.announced ?? cursor.announced,
    apiVersion: page.apiVersion ?? cursor.apiVersion,
    provider: page.provider ?? cursor.provider,
    to: now.toISOString(),
  };
}

/** The first line of OPTIMADE JSON Lines. */
function header(apiVersion: string | undefined): string {
  return JSON.stringify({ 'x-optimade': { meta: { api_version: apiVersion?.replace(/^v/, '') ?? '1.0.0' } } });
}

/** Stops an import that would never end. */
class PageGuard {
  private readonly seen = new Set<string>();
  private barren = 0; // pages without anything new, one after the other

  check(url: URL, { next }: OptimadePage, fresh: number, number: number): void {
    const place = { file: placeOf(url) };
    const remedy = 'Tell the provider; another --page-limit or a narrower --filter may help.';
    this.seen.add(url.href);
    this.barren = fresh === 0 ? this.barren + 1 : 0;
    if (next !== undefined && this.seen.has(next.href))
      throw new InputError(`page ${number} leads back to a page that was read before`, place, remedy);
    if (next !== undefined && this.barren >= MAX_BARREN_PAGES)
      throw new InputError(`pages ${number - this.barren + 1} to ${number} brought nothing new`, place, remedy);
  }
}

/**
 * Refuse a last page that does not say that it is the last, if the provider counts more entries than it served. Where one
 * says so, the data may have changed meanwhile.
 */
function requireWhole(url: URL, { next, isSaidLast, announced, available }: OptimadePage, cursor: Cursor): void {
  const served = cursor.structures + cursor.repeated;
  const counted = announced ?? available ?? 0;
  if (next !== undefined || counted <= served || isSaidLast) return;
  throw new InputError(
    `page ${cursor.pages} names no next page (links.next), and ${served} of ${counted} entries were served`,
    { file: placeOf(url) },
    NO_END,
  );
}

function describe(cursor: Cursor, provider: OptimadeProvider, partial: PartialImport): ImportManifest {
  const { query, bytes, structures, repeated, announced, apiVersion, from, to } = cursor;
  const { id, name, licence, credit } = provider;
  return {
    file: basename(partial.out),
    sha256: cursor.partialSha256,
    bytes,
    structures,
    repeated,
    announced,
    provider: id,
    providerName: cursor.provider ?? name,
    ...query,
    apiVersion,
    licence,
    credit,
    retrieved: { from, to },
  };
}

function encode(manifest: ImportManifest): Uint8Array {
  return Buffer.from(formatJson(manifest));
}
