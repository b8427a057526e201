import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../errors.ts';
import { type HttpAnswer, type HttpClient, placeOf } from '../io/http/http-client.ts';
import { parseHttpUrl, withoutTrailingSlashes } from '../io/http/http-failures.ts';
import { filesBelow, isDirectory, readBytes } from '../io/store/files.ts';
import { readTarGz } from '../io/tables/tar.ts';
import type { ObelixSplit } from './obelix-splits.ts';

/** Bytes and what they are called. */
export interface Named {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const RAW =
  'Give the address of the files themselves: https://raw.githubusercontent.com/NRC-Mila/OBELiX/main/data/downloads/';

/**
 * The table of measurements.
 *
 * @param source folder or CSV file, or the address of one
 * @returns named by its path or address
 */
export async function findTable(source: string, split: ObelixSplit, client: HttpClient): Promise<Named> {
  if (isAddress(source)) {
    const url = parseHttpUrl(source);
    if (!/\.csv$/i.test(url.pathname)) url.pathname = `${withoutTrailingSlashes(url.pathname)}/${split}.csv`;
    const bytes = await download(client, url);
    if (bytes === undefined) throw new InputError('is not there (404)', { file: placeOf(url) }, RAW);
    return { name: placeOf(url), bytes };
  }
  const name = (await isDirectory(source)) ? join(source, `${split}.csv`) : source;
  if (!/\.csv$/i.test(name))
    throw new InputError(
      'is no folder and no CSV file',
      { file: name },
      'Unpack it, and give the folder with train.csv in it.',
    );
  return { name, bytes: await readBytes(name) };
}

/**
 * The CIF files of a table, named without their folders.
 *
 * @param table path or address of the table, beside which they are looked for
 * @param given folder or `.tar.gz`, or the address of the latter
 * @returns undefined if none were given and there are none beside the table
 */
export async function findCifs(
  table: string,
  given: string | undefined,
  client: HttpClient,
): Promise<{ name: string; files: readonly Named[] } | undefined> {
  const split = basename(table).replace(/\.csv$/i, '');
  if (isAddress(given ?? table)) {
    const url = given === undefined ? new URL(`${split}_cifs.tar.gz`, table) : parseHttpUrl(given);
    const bytes = await download(client, url);
    if (bytes !== undefined) return { name: placeOf(url), files: cifsOf(bytes, placeOf(url)) };
    if (given === undefined) return undefined;
    throw new InputError('is not there (404)', { file: placeOf(url) }, RAW);
  }
  const name = given ?? (await beside(table, [`${split}_cifs`, `${split}_randomized_cifs`, `${split}_cifs.tar.gz`]));
  if (name === undefined) return undefined;
  if (!(await isDirectory(name))) return { name, files: cifsOf(await readBytes(name), name) };
  const paths = (await filesBelow(name)).filter(isCif);
  const files = await Promise.all(
    paths.map(async (path) => ({ name: basename(path), bytes: await readBytes(join(name, path)) })),
  );
  return { name, files: distinct(files, name) };
}

async function beside(table: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const path = join(dirname(table), name);
    if ((await stat(path).catch(() => undefined)) !== undefined) return path;
  }
  return undefined;
}

function cifsOf(bytes: Uint8Array, name: string): Named[] {
  if (!/\.(tar\.gz|tgz)$/i.test(name))
    throw new InputError(
      'is no folder and no .tar.gz',
      { file: name },
      'Give the .tar.gz, or unpack it and give the folder.',
    );
  const files = readTarGz(bytes, name).filter(({ path }) => isCif(path));
  return distinct(
    files.map(({ path, bytes }) => ({ name: basename(path), bytes })),
    name,
  );
}

/** Two files of one name would be two structures of one measurement. */
function distinct(files: readonly Named[], place: string): Named[] {
  const names = new Set<string>();
  for (const { name } of files) {
    if (names.has(name))
      throw new InputError(`${name} occurs twice`, { file: place }, 'Give the files of one split only.');
    names.add(name);
  }
  if (files.length === 0)
    throw new InputError('holds no CIF files', { file: place }, 'Give another --cifs, or --no-cifs.');
  return [...files];
}

/** Programs of one operating system put files named `._…` beside those that they pack. */
function isCif(path: string): boolean {
  return /\.cif$/i.test(path) && !basename(path).startsWith('.');
}

function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/** Bytes at an address, or undefined if there is nothing (404). */
function download(client: HttpClient, url: URL): Promise<Uint8Array | undefined> {
  return client.get(url, '*/*', ({ status, bytes, contentType }: HttpAnswer) => {
    const place = { file: placeOf(url) };
    if (status === 404) return undefined;
    if (status !== 200) throw new InputError(`was answered with ${status}`, place, RAW);
    if (/html/i.test(contentType)) throw new InputError('is a web page, not a file', place, RAW);
    return bytes;
  });
}
