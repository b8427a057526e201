import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { sha256 } from '../../../shared/hash.ts';
import { type ConditionalStore, putFirst, readSeen } from '../../../shared/io/store/store.ts';
import { prepareSpace } from '../../../shared/planning/plan-space.ts';
import { runIdOf } from '../../../shared/runs/run-plan.ts';
import { loadCompanions, loadPlan, storePlan } from '../../../shared/runs/run-store.ts';
import { runOptions } from '../../../shared/screen/run-options.ts';
import { spaceIdentity } from '../../../shared/sources/space-source.ts';
import { parseSpace } from '../../../shared/space/space-file.ts';

const SMALL = new URL('../../../data/spaces/small.json', import.meta.url);

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined): string | undefined =>
  data === undefined ? undefined : new TextDecoder().decode(data);

/** What every store must do alike, over a directory or over S3. `open` gives a store without any object. */
export function storeContract(open: () => ConditionalStore): void {
  it('gives back what was put, replaced whole, and nothing for an absent key', async () => {
    const store = open();
    expect(await store.get('a/b')).toBeUndefined();
    expect(await store.getVersioned('a/b')).toBeUndefined();
    expect(await store.stat('a/b')).toBeUndefined();
    await store.put('a/b', bytes('a long first version'));
    await store.put('a/b', bytes('second'));
    await store.put('empty', bytes(''));
    expect(text(await store.get('a/b'))).toBe('second');
    expect(text(await store.get('empty'))).toBe('');
  });

  it('says of an object the same size and version, however it is asked', async () => {
    const store = open();
    await store.put('a/1', bytes('one'));
    await store.put('a/2', bytes('three'));
    const one = await store.stat('a/1');
    expect(one).toMatchObject({ key: 'a/1', size: 3 });
    expect((await store.getVersioned('a/1'))?.version).toBe(one?.version);
    expect(await store.listDetailed('a/')).toEqual([one, await store.stat('a/2')]);
    await store.put('a/1', bytes('two'));
    expect((await store.stat('a/1'))?.version).not.toBe(one?.version);
  });

  it('creates an object only where there is none', async () => {
    const store = open();
    expect(await store.putIf('x/y', bytes('one'), undefined)).toBe(true);
    expect(await store.putIf('x/y', bytes('two'), undefined)).toBe(false);
    expect(text(await store.get('x/y'))).toBe('one');
    expect(await store.list('')).toEqual(['x/y']);
  });

  it('replaces an object only in the version that was seen', async () => {
    const store = open();
    await store.put('x', bytes('one'));
    const version = (await store.getVersioned('x'))?.version;
    expect(await store.putIf('x', bytes('two'), version)).toBe(true);
    expect(await store.putIf('x', bytes('three'), version)).toBe(false);
    expect(await store.putIf('absent', bytes('four'), version)).toBe(false);
    expect(text(await store.get('x'))).toBe('two');
    expect(await store.list('')).toEqual(['x']);
  });

  it('lets one of many writers be first', async () => {
    const store = open();
    const writers = Array.from({ length: 8 }, (_, i) => store.putIf('x', bytes(String(i)), undefined));
    const results = await Promise.all(writers);
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(text(await store.get('x'))).toBe(String(results.indexOf(true)));
  });

  it('gives every one of many writers what the first one stored', async () => {
    const store = open();
    const stored = await Promise.all(Array.from({ length: 8 }, (_, i) => putFirst(store, 'x', bytes(String(i)))));
    expect(new Set(stored.map(text))).toEqual(new Set([text(await store.get('x'))]));
  });

  it('keeps one plan of a run that is planned several times at once', async () => {
    const store = open();
    const space = parseSpace(await readFile(SMALL, 'utf8'), 'small.json');
    const student = { name: 'student.onnx', hash: 'a'.repeat(64), threshold: 0.5 };
    const companions = { committee: { hash: sha256('c') }, labels: { absent: 'there are none' } };
    const options = runOptions({ top: 10, criteria: { exclude: ['S'] } }, 'test');
    const runId = runIdOf(spaceIdentity(space), student.hash, companions, options);
    const plans = [1, 2, 3, 4].map(async (count) => {
      const planned = await prepareSpace(space, 'small.json').plan({ options, chunkCount: () => count });
      const { source, work, ranges: chunks } = planned;
      return { plan: { runId, source, student, companions, options, chunks }, work };
    });
    const files = { studentBytes: bytes('student'), companionFiles: { 'committee.onnx': bytes('c') } };
    const records = await Promise.all(plans.map(async (planned) => storePlan(store, { ...(await planned), ...files })));
    expect(new Set((await Promise.all(plans)).map(({ plan: { chunks } }) => chunks.length)).size).toBeGreaterThan(1);
    expect(new Set(records.map((record) => JSON.stringify(record))).size).toBe(1);
    const { plan } = (await loadPlan(store, runId))!; // every file is that of run.json
    expect(plan.chunks).toHaveLength(records[0].counts.chunks);
    expect(plan).toMatchObject({ companions, options });
    expect(text((await loadCompanions(store, runId))['committee.onnx'])).toBe('c');
  });

  it('reads ranges from start inclusive to end exclusive, and refuses those beyond the end', async () => {
    const store = open();
    await store.put('key', bytes('0123456789'));
    expect(text(await store.getRange('key', 2, 5))).toBe('234');
    expect(text(await store.getRange('key', 0, 10))).toBe('0123456789');
    expect(text(await store.getRange('key', 4, 4))).toBe('');
    await expect(store.getRange('key', 5, 11)).rejects.toThrow('key: bytes 5 to 11 were asked for and 5 were there');
    await expect(store.getRange('key', 10, 12)).rejects.toThrow('key: bytes 10 to 12 were asked for and 0 were there');
    await expect(store.getRange('none', 0, 1)).rejects.toThrow('none: cannot be accessed');
  });

  it('reads what was seen, whole or in part, and refuses what was changed since', async () => {
    const store = open();
    await store.put('key', bytes('0123456789'));
    const seen = (await store.stat('key'))!;
    expect(text(await readSeen(store, seen, 2, 5))).toBe('234');
    expect(text(await readSeen(store, seen, 0, 10))).toBe('0123456789');
    await store.put('key', bytes('9876543210'));
    await expect(readSeen(store, seen, 2, 5)).rejects.toThrow('key: it was changed while it was read');
    await expect(readSeen(store, seen, 0, 10)).rejects.toThrow('key: it was changed while it was read');
  });

  it('lists keys by code unit, of all levels', async () => {
    const store = open();
    const keys = ['b', 'a/2', 'a/10', 'a/x/1', 'a-1', 'B', 'é', '😀', '\uffee'];
    for (const key of keys) await store.put(key, bytes(key));
    expect(await store.list('')).toEqual([...keys].sort());
    expect(await store.list('a/')).toEqual(['a/10', 'a/2', 'a/x/1']);
    expect(await store.list('a/1')).toEqual(['a/10']);
    expect(await store.list('none/')).toEqual([]);
  });
}
