import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { findSpaceFile } from '../../local/shipped/spaces.ts';
import { InputError } from '../../shared/errors.ts';
import { filesBelow, isDirectory, readBytes } from '../../shared/io/store/files.ts';
import { fileInputs } from '../../shared/io/store/inputs.ts';
import { type ConditionalStore, type ObjectInfo, readObject } from '../../shared/io/store/store.ts';
import { prepareList } from '../../shared/planning/plan-list.ts';
import { prepareSpace } from '../../shared/planning/plan-space.ts';
import type { PreparedSource } from '../../shared/planning/prepared-source.ts';

import { parseSpace } from '../../shared/space/space-file.ts';

/** What a run in the cloud screens. */
export interface CloudSource {
  /** Its part of the event. */
  readonly event: { readonly space: string } | { readonly compositions: string };
  /** Objects of a list that lies in the bucket; else empty. */
  readonly objects: readonly ObjectInfo[];
  /** Undefined for a list that lies in the bucket: reading it is left to the cloud. */
  readonly prepared: PreparedSource | undefined;
  readonly uploads: readonly Upload[];
}

/** A file to put into the bucket. */
export interface Upload {
  readonly key: string;
  readonly path: string;
}

const SPACE_KEY = /^spaces\/[\w.-]+\.json$/;

/** @param space a file, the name of a shipped space, or the key of one in the bucket, such as `spaces/mine.json` */
export async function resolveSpace(store: ConditionalStore, space: string): Promise<CloudSource> {
  const inBucket = SPACE_KEY.test(space) && !existsSync(space);
  const path = inBucket ? space : findSpaceFile(space);
  const key = inBucket ? space : `spaces/${basename(path)}`;
  const bytes = await (inBucket ? readObject(store, key) : readBytes(path));
  const definition = parseSpace(Buffer.from(bytes).toString(), inBucket ? `${store.location}/${key}` : path);
  if (!SPACE_KEY.test(key))
    throw new InputError(
      `${JSON.stringify(basename(path))} cannot be the name of a space in the bucket`,
      { file: path },
      'Rename the file to letters, digits, dots, hyphens and underscores, with .json at its end.',
    );
  const uploads = inBucket ? [] : [{ key, path }];
  return { event: { space: key }, objects: [], prepared: prepareSpace(definition, path), uploads };
}

/** @param list a file or folder of lists, or a key or prefix of the bucket, such as `datasets/mine/` */
export async function resolveList(store: ConditionalStore, list: string): Promise<CloudSource> {
  if (list.startsWith('datasets/') && !existsSync(list)) {
    const objects = await store.listDetailed(list);
    if (objects.length === 0)
      throw new InputError('there is no such list', { file: `${store.location}/${list}` }, 'Check the key.');
    return { event: { compositions: list }, objects, prepared: undefined, uploads: [] };
  }
  const path = resolve(list);
  const isFolder = await isDirectory(path);
  const prepared = await prepareList(fileInputs, path);
  const prefix = `datasets/${basename(path).replace(/\.[^.]*$/, '')}/`;
  const files = isFolder ? await filesBelow(path) : [basename(path)];
  const uploads = files.map((file) => ({ key: prefix + file, path: isFolder ? join(path, file) : path }));
  await refuseOthers(store, prefix, uploads);
  const compositions = isFolder ? prefix : uploads[0].key;
  return { event: { compositions }, objects: [], prepared, uploads };
}

/** A folder is screened whole, so what is there already would be screened too. */
async function refuseOthers(store: ConditionalStore, prefix: string, uploads: readonly Upload[]): Promise<void> {
  const own = new Set(uploads.map(({ key }) => key));
  const other = (await store.list(prefix)).find((key) => !own.has(key));
  if (other !== undefined)
    throw new InputError(
      'the bucket has another file in the folder of this list',
      { file: `${store.location}/${other}` },
      'Rename your list, or remove that file.',
    );
}

/**
 * Put files into the bucket; what is there already is left alone.
 *
 * @param replace whether a different file of the same key is replaced; otherwise it is refused
 * @returns keys that were written
 */
export async function upload(
  store: ConditionalStore,
  uploads: readonly Upload[],
  replace: boolean,
): Promise<readonly string[]> {
  const written: string[] = [];
  for (const { key, path } of uploads) {
    const bytes = await readBytes(path);
    const stored = await store.getVersioned(key);
    if (stored !== undefined && Buffer.compare(stored.bytes, bytes) === 0) continue;
    if (stored !== undefined && !replace)
      throw new InputError(
        `${store.location}/${key} is another file of this name`,
        { file: path },
        'Rename your file, or give --replace to put it in place of the other.',
      );
    if (!(await store.putIf(key, bytes, stored?.version)))
      throw new InputError(`somebody else wrote ${key} at the same time`, { file: path }, 'Look at it and try again.');
    written.push(key);
  }
  return written;
}
