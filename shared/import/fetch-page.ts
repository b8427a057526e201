import { InputError } from '../errors.ts';
import { type HttpAnswer, type HttpClient, placeOf } from '../io/http/http-client.ts';
import { NoNumberInJson, parseBoundedJson } from '../json.ts';
import { errorDetails, type OptimadePage, readPage } from './optimade-page.ts';

const JSON_API = 'application/vnd.api+json, application/json;q=0.9';

/**
 * Get one page of structures.
 *
 * @param number of the page, from 1, for messages
 * @throws {InputError} saying what the provider answered, if it is no page
 */
export function fetchPage(client: HttpClient, url: URL, number: number): Promise<OptimadePage> {
  return client.get(url, JSON_API, (answer) => {
    const { status } = answer;
    const from = new URL(answer.url);
    if (from.hostname !== url.hostname)
      throw new InputError(
        `leads to another host, ${from.hostname}`,
        { file: placeOf(url) },
        'Give --provider with the base address there if you trust it.',
      );
    if (status === 200) return readPage(parseBody(answer, from, number), from, number);
    const place = { file: placeOf(from) };
    throw new InputError(refusal(answer, number), place, remedyFor(status, number));
  });
}

function parseBody({ bytes, contentType }: HttpAnswer, url: URL, number: number): unknown {
  const text = new TextDecoder().decode(bytes);
  if (/^\s*</.test(text) || (text.trim() === '' && !contentType.includes('json')))
    throw new InputError(
      `answered with ${text.trim() === '' ? 'nothing' : 'a web page'} (${contentType || 'no content type'}), not with OPTIMADE's JSON`,
      { file: placeOf(url) },
      'The provider may be down for maintenance: try again later. Check the address if it is your own.',
    );
  try {
    return parseBoundedJson(text);
  } catch (error) {
    if (!(error instanceof NoNumberInJson)) throw error; // it may be cut off
    throw new InputError(
      `page ${number} is no valid JSON (${error.message})`,
      { file: placeOf(url) },
      'Tell the provider to write null there; a narrower --filter may leave the entry out.',
      { cause: error },
    );
  }
}

function refusal({ status, bytes }: HttpAnswer, number: number): string {
  let details = '';
  try {
    details = errorDetails(parseBoundedJson(new TextDecoder().decode(bytes)));
  } catch {
    // a web page or nothing: the status says it all
  }
  return `page ${number} was answered with ${status}${details === '' ? '' : `: ${details.replace(/\.$/, '')}`}`;
}

function remedyFor(status: number, number: number): string {
  if (number > 1 && [400, 404, 410].includes(status))
    return 'The provider may have forgotten where we were: start the import anew with --restart.';
  if (status === 400 || status === 422) return 'Change --filter (or --page-limit) as the provider says.';
  if (status === 401) return 'The provider is not open to the public: name another one.';
  if (status === 403)
    return 'The provider refuses the request: change --filter or --page-limit if it says so, or name another one.';
  if (status === 404) return 'There are no structures at this address: give the base address, without /structures.';
  if (status >= 500) return 'The provider has a fault of its own: try again later, or with another --filter.';
  return 'Check the address of the provider.';
}
