import { InputError } from '../errors.ts';
import { placeOf } from '../io/http/http-client.ts';
import { optimadeId } from '../structure/formats/optimade.ts';

/** What the reader of OPTIMADE structures needs of an entry and every provider knows, in the order in which it is written. */
export const RESPONSE_FIELDS: readonly string[] = [
  'lattice_vectors',
  'cartesian_site_positions',
  'species_at_sites',
  'species',
  'nsites',
  'structure_features',
  'assemblies',
  'dimension_types',
  'nperiodic_dimensions',
];

/** What is written of an entry. The last one is of version 1.3: it is kept where it is sent, and asking would be an error before. */
const KEPT_FIELDS: readonly string[] = [...RESPONSE_FIELDS, 'site_coordinate_span'];

/** One entry as a line of OPTIMADE JSON Lines. */
export interface OptimadeEntry {
  readonly id: string | undefined;
  readonly line: string; // without line break
}

/** One page of an answer to a query for structures. */
export interface OptimadePage {
  readonly entries: readonly OptimadeEntry[]; // as served
  readonly next: URL | undefined; // undefined = this is the last page
  readonly isSaidLast: boolean; // `links.next` is there, and is none
  readonly announced: number | undefined; // entries that match the filter, as the provider counts them
  readonly available: number | undefined; // entries that it has, of whatever filter
  readonly apiVersion: string | undefined;
  readonly provider: string | undefined; // as it names itself
}

/** Address of the first page. The filter is sent as it is. */
export function firstPage(baseUrl: string, filter: string, pageLimit: number): URL {
  const url = new URL(`${baseUrl}/v1/structures`);
  url.searchParams.set('filter', filter);
  url.searchParams.set('response_fields', RESPONSE_FIELDS.join(','));
  url.searchParams.set('page_limit', String(pageLimit));
  return url;
}

/**
 * A page from a parsed answer. Entries are reduced to {@link KEPT_FIELDS}: some providers send all they have.
 *
 * @param url where it came from
 * @param number of the page, from 1, for messages
 * @throws {InputError} if it is no OPTIMADE answer of version 1, or names a next page that must not be followed
 */
export function readPage(body: unknown, url: URL, number: number): OptimadePage {
  const fail: Fail = (problem, remedy) => {
    throw new InputError(`page ${number} ${problem}`, { file: placeOf(url) }, remedy);
  };
  const { data, links, meta: rawMeta } = record(body);
  if (!Array.isArray(data)) return fail('has no list of structures', NO_OPTIMADE);
  const meta = record(rawMeta);
  const apiVersion = text(meta.api_version);
  if (apiVersion !== undefined && !/^v?1\b/.test(apiVersion))
    fail(`is of version ${apiVersion} of OPTIMADE`, 'Only version 1 is read: name another provider.');
  const next = nextPage(record(links).next, url, fail);
  if (next === undefined && meta.more_data_available === true)
    fail('says that there are more structures, and names no next page (links.next is missing)', NO_END);
  const other = Object.entries(record(links)).find(([name, link]) => name !== 'next' && /next/i.test(name) && link);
  if (next === undefined && other !== undefined)
    fail(`names no next page as OPTIMADE does: it has links.${text(other[0])} and no links.next`, NO_END);
  return {
    entries: data.map(entry),
    next,
    isSaidLast: next === undefined && 'next' in record(links),
    announced: count(meta.data_returned),
    available: count(meta.data_available),
    apiVersion,
    provider: text(record(meta.provider).name),
  };
}

/** What to do where a provider does not say how it goes on. */
export const NO_END =
  'The provider cannot be read to its end: narrow --filter, or raise --page-limit so that one page holds all.';

type Fail = (problem: string, remedy: string) => never;

const NO_OPTIMADE = 'Give the base address of an OPTIMADE database, such as one from https://providers.optimade.org.';

function entry(resource: unknown): OptimadeEntry {
  const { id, type, attributes: all } = record(resource);
  const sent = record(all);
  const attributes = Object.fromEntries(KEPT_FIELDS.flatMap((name) => (name in sent ? [[name, sent[name]]] : [])));
  return { id: optimadeId(resource), line: JSON.stringify({ id, type, attributes }) };
}

/** What every page must be asked for, or it has other entries, or entries without positions. */
const QUERY = ['filter', 'response_fields', 'page_limit'];

/**
 * The next page is on the same host; providers behind a proxy give `http:` for `https:`, which is mended, and some leave
 * out a part of what was asked for, which is asked for again.
 */
function nextPage(link: unknown, url: URL, fail: Fail): URL | undefined {
  const href = typeof link === 'object' ? record(link).href : link;
  if (href === undefined || href === null || href === '') return undefined;
  if (typeof href !== 'string' || !URL.canParse(href, url.href))
    return fail(`has a next page that is no address (${JSON.stringify(href).slice(0, 100)})`, REPORT);
  const next = new URL(href, url);
  if (next.protocol === 'http:' && next.hostname === url.hostname && next.port === url.port)
    next.protocol = url.protocol;
  next.hash = '';
  for (const name of QUERY) {
    const asked = url.searchParams.get(name);
    if (asked !== null && !next.searchParams.has(name)) next.searchParams.set(name, asked);
  }
  if (next.origin !== url.origin || next.username !== '' || next.password !== '')
    fail(
      `has a next page at ${next.host}, another place than ${url.host}`,
      `It is not followed; give --provider with the base address there if you trust it.`,
    );
  return next;
}

const REPORT = 'Tell the provider; another --page-limit may help.';

/**
 * What a provider says about a query that it refuses: the `detail` or `title` of its `errors`.
 *
 * @see https://github.com/Materials-Consortia/OPTIMADE, section "JSON Response Schema: Common Fields"
 */
export function errorDetails(body: unknown): string {
  const { errors } = record(body);
  const details = (Array.isArray(errors) ? errors : [errors]).flatMap((error) => {
    const { detail, title } = record(error);
    return text(detail) ?? text(title) ?? [];
  });
  return details.join('; ').slice(0, 500);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Text of a provider, made fit for a terminal. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.replace(/\p{Cc}+/gu, ' ') : undefined;
}
