import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { cutIntoLineRanges } from '../../shared/io/tables/line-ranges.ts';
import { labelShard } from '../../shared/retraining/label-shard.ts';
import { cutIntoShards, type Shard } from '../../shared/retraining/shards.ts';
import { parseTeacher } from '../../shared/teacher/teacher.ts';
import { LITHIUM_FLUORIDE } from '../lithium-fluoride.ts';
import { SHIPPED_TEACHER } from '../small-labels.ts';

let root: string;
let store: DirectoryStore;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'shards-'));
  store = new DirectoryStore(root);
});
afterAll(() => rm(root, { recursive: true }));

const teacher = parseTeacher(readFileSync(SHIPPED_TEACHER, 'utf8'), SHIPPED_TEACHER);

const structure = (id: string): object => ({
  id,
  attributes: LITHIUM_FLUORIDE,
});
const ids = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
const jsonLines = (names: readonly string[]): string =>
  names.map((id) => `${JSON.stringify(structure(id))}\n`).join('');

/** Ids of all labels over all shards, and how many structures had none. */
async function labelAll(shards: readonly Shard[]): Promise<{ labelled: string[]; skipped: string[] }> {
  const result = { labelled: [] as string[], skipped: [] as string[] };
  for (const { files } of shards) {
    const { labels, skipped } = await labelShard(store, 'd', files, teacher);
    result.labelled.push(...labels.map(({ id }) => id));
    result.skipped.push(...skipped.map(({ id, reason }) => `${id}: ${reason}`));
  }
  return result;
}

async function shardsOf(folder: string, bytes: number): Promise<Shard[]> {
  return cutIntoShards(store, 'job', await store.listDetailed(`datasets/d/${folder}/`), bytes);
}

describe('shards', () => {
  it('hold every structure of a large file of lines once, however it is cut', async () => {
    const lines = jsonLines(ids('a', 60));
    await store.put('datasets/d/lines/a.jsonl', Buffer.from(lines));
    for (const bytes of [100, 700, 5000, lines.length - 500, lines.length]) {
      const shards = await shardsOf('lines', bytes);
      expect(shards.map(({ shard }) => shard)).toEqual([...shards.keys()]);
      expect(shards.length === 1).toBe(bytes === lines.length);
      expect(await labelAll(shards)).toEqual({ labelled: ids('a', 60), skipped: [] });
    }
  });

  it('name a broken line by the stretch that it is in', async () => {
    const [first, second] = [jsonLines(ids('a', 20)), jsonLines(ids('b', 20))];
    await store.put('datasets/d/broken/a.json', Buffer.from(`${first}{"id":\n${second}`));
    const shards = await shardsOf('broken', first.length);
    const { labelled, skipped } = await labelAll(shards);
    expect(labelled).toEqual([...ids('a', 20), ...ids('b', 20)]);
    expect(shards[0].files[0].end).toBe(first.length + '{"id":\n'.length);
    expect(skipped).toEqual(['datasets/d/broken/a.json:21: not a usable structure']);
    const later = await labelAll(await shardsOf('broken', first.length - 1));
    expect(later.skipped).toEqual([`datasets/d/broken/a.json@byte${first.length}:1: not a usable structure`]);
  });

  it('never cut a document, gzip data or a CIF', async () => {
    const document = JSON.stringify({ data: ids('d', 20).map(structure) }, null, 1);
    await store.put('datasets/d/whole/document.json', Buffer.from(document));
    await store.put('datasets/d/whole/line.json', Buffer.from(JSON.stringify({ data: ids('e', 20).map(structure) })));
    await store.put('datasets/d/whole/packed.jsonl.gz', gzipSync(jsonLines(ids('f', 20))));
    await store.put('datasets/d/whole/x.cif', Buffer.from('#'.repeat(5000)));
    const shards = await shardsOf('whole', 100);
    expect(shards.map(({ files }) => files.length)).toEqual([1, 1, 1, 1]);
    const { labelled, skipped } = await labelAll(shards);
    expect(labelled).toEqual([...ids('d', 20), ...ids('e', 20), ...ids('f', 20)]);
    expect(skipped).toEqual(['whole/x: not a usable structure']);
  });

  it('hold many small files each, but so few that an item fits in a state', async () => {
    const objects = Array.from({ length: 3000 }, (_, i) => ({
      key: `datasets/d/${'folder/'.repeat(20)}${i}.cif`,
      size: 10,
      version: '"0123456789abcdef0123456789abcdef"',
    }));
    const shards = await cutIntoShards(store, '0123456789abcdef', objects);
    expect(shards.flatMap(({ files }) => files.map(({ key }) => key))).toEqual(objects.map(({ key }) => key));
    for (const shard of shards) expect(JSON.stringify(shard).length).toBeLessThan(110_000);
    expect(shards.length).toBeLessThan(10);
  });

  it('count gzip data for what it unpacks to', async () => {
    const file = (key: string, size: number) => ({ key, size, version: '1' });
    const plain = await cutIntoShards(store, 'job', [file('a.cif', 50), file('b.cif', 50)], 100);
    const packed = await cutIntoShards(store, 'job', [file('a.cif.gz', 10), file('b.cif.gz', 10)], 100);
    expect([plain.length, packed.length]).toEqual([1, 2]);
    await expect(cutIntoShards(store, 'job', [file('datasets/d/a.jsonl.gz', 2 ** 28)])).rejects.toThrow(
      'datasets/d/a.jsonl.gz: 268435456 bytes are too much to be read at once, and the file cannot be cut',
    );
  });
});

describe('line ranges', () => {
  it('tile the object and end at line breaks, also where lines are longer than what is read at once', async () => {
    const text = [10, 200_000, 0, 5, 70_000, 3].map((length) => 'x'.repeat(length)).join('\n');
    await store.put('long.jsonl', Buffer.from(text));
    for (const target of [1, 11, 100_000, 1_000_000]) {
      const ranges = await cutIntoLineRanges(store, 'long.jsonl', text.length, target);
      expect(ranges.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
      for (const { end } of ranges.slice(0, -1)) expect(text[end - 1]).toBe('\n');
    }
    expect(await cutIntoLineRanges(store, 'long.jsonl', 0, 5)).toEqual([]);
  });
});
