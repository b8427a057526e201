import { InputError } from '../errors.ts';
import { fileSource } from '../io/store/byte-source.ts';
import type { ObjectInfo, ObjectStore } from '../io/store/store.ts';
import { cutIntoLineRanges } from '../io/tables/line-ranges.ts';
import { isTable } from '../io/tables/table-file.ts';
import { startsDocument, structureFile } from '../structure/formats/read-structures.ts';
import { datasetPrefix, READY_FILE } from './job-keys.ts';

/** A structure file of a dataset, or a stretch of whole lines of one. */
export interface ShardFile {
  readonly key: string;
  readonly size: number; // of the whole object, bytes
  readonly version: string; // of the object when the job was planned
  readonly start?: number; // of the stretch, inclusive
  readonly end?: number; // exclusive
}

/** What is labelled at once: an item of `shards.json`. */
export interface Shard {
  readonly jobId: string;
  readonly shard: number;
  readonly files: readonly ShardFile[];
}

/** What a dataset is made of. */
export interface SortedDataset {
  readonly structures: readonly ObjectInfo[];
  readonly compositions: readonly ObjectInfo[];
  readonly others: readonly ObjectInfo[]; // of no known format, not read
}

const SHARD_BYTES = 1 << 25; // about 25,000 structures: some ten seconds of work
const MAX_BYTES = 1 << 30; // of what cannot be cut: some minutes of work
const GZIP_RATIO = 8; // structure files shrink to about an eighth
const ITEM_BYTES = 100_000; // of an item's JSON; a state may hold 256 KiB
const LINES = /\.(json|jsonl|optimade)$/i; // can be cut at line breaks
const MARKER = new RegExp(`^datasets/[^/]+/${READY_FILE}$`);
const MAX_FIRST_LINE = 1 << 22; // bytes; a longer one is no JSON line of a structure

/** The objects of a dataset but for the marker that says that it is complete. */
export function withoutMarker(objects: readonly ObjectInfo[]): ObjectInfo[] {
  return objects.filter(({ key }) => !MARKER.test(key));
}

/** Tell the files of a dataset by their names; without a dataset there are none. */
export function sortDataset(dataset: string | null, objects: readonly ObjectInfo[]): SortedDataset {
  const prefix = datasetPrefix(dataset ?? '');
  const kinds = { structures: [], compositions: [], others: [] } as Record<keyof SortedDataset, ObjectInfo[]>;
  for (const object of objects) {
    const name = object.key.slice(prefix.length);
    if (name === READY_FILE || name.endsWith('/')) continue; // consoles make a folder as an empty object
    if (structureFile(fileSource(object.key), name) !== undefined) kinds.structures.push(object);
    else if (isTable(name)) kinds.compositions.push(object);
    else kinds.others.push(object);
  }
  return kinds;
}

/** A dataset in which there is nothing to work on. */
export function nothingToRead(others: number, dataset: string, location: string): InputError {
  return new InputError(
    `the dataset holds no structures and no compositions, and ${others} files of other formats`,
    { file: `${location}/${datasetPrefix(dataset)}` },
    'Give structure files (.cif, .vasp, .poscar, POSCAR…, .json, .jsonl, .optimade, or with .gz) or tables (.csv, .tsv, .xlsx, .parquet) of formulas.',
  );
}

/**
 * Distribute structure files over shards of about equal work, in the order of their keys; large files are cut.
 *
 * @throws {InputError} naming a file that is too large for one shard and cannot be cut
 */
export async function cutIntoShards(
  store: ObjectStore,
  jobId: string,
  objects: readonly ObjectInfo[],
  shardBytes = SHARD_BYTES,
): Promise<Shard[]> {
  const shards: Shard[] = [];
  let files: ShardFile[] = [];
  let [work, itemBytes] = [0, 0];
  const finish = (): void => {
    if (files.length > 0) shards.push({ jobId, shard: shards.length, files });
    files = [];
    [work, itemBytes] = [0, 0];
  };
  for (const { key, size, version } of objects) {
    const parts = await partsOf(store, { key, size, version }, shardBytes);
    for (const part of parts) {
      const unpacked = ((part.end ?? size) - (part.start ?? 0)) * (key.toLowerCase().endsWith('.gz') ? GZIP_RATIO : 1);
      if (unpacked > MAX_BYTES) throw tooLarge(store, part);
      const json = Buffer.byteLength(JSON.stringify(part)) + 1;
      if (work + unpacked > shardBytes || itemBytes + json > ITEM_BYTES) finish();
      files.push(part);
      work += unpacked;
      itemBytes += json;
    }
  }
  finish();
  return shards;
}

async function partsOf(store: ObjectStore, file: ShardFile, shardBytes: number): Promise<readonly ShardFile[]> {
  const { key, size } = file;
  if (size <= shardBytes || !LINES.test(key)) return [file];
  const head = await store.getRange(key, 0, Math.min(size, MAX_FIRST_LINE));
  const lineEnd = head.indexOf(0x0a);
  if (lineEnd < 0 || startsDocument(Buffer.from(head.subarray(0, lineEnd)).toString())) return [file];
  const ranges = await cutIntoLineRanges(store, key, size, shardBytes);
  return ranges.map((range) => ({ ...file, ...range }));
}

function tooLarge({ location }: ObjectStore, { key, size }: ShardFile): InputError {
  return new InputError(
    `${size} bytes are too much to be read at once, and the file cannot be cut`,
    { file: `${location}/${key}` },
    'Split it, or give its structures as unpacked JSON Lines, which are cut as needed.',
  );
}
