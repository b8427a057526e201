import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError, IntegrityError } from '../../../shared/errors.ts';
import { DirectoryStore } from '../../../shared/io/store/directory-store.ts';
import { fileError } from '../../../shared/io/store/file-error.ts';

let directory: string;
let store: DirectoryStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-store-'));
  store = new DirectoryStore(join(directory, 'root'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined): string => new TextDecoder().decode(data);
const everything = (): string[] => readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();

describe('directory store', () => {
  it('gives back what was put, replaced whole, and nothing for an absent key', async () => {
    expect(await store.get('a/b.bin')).toBeUndefined();
    await store.put('a/b.bin', bytes('a long first version'));
    await store.put('a/b.bin', bytes('second'));
    await store.put('empty', new Uint8Array());
    expect(text(await store.get('a/b.bin'))).toBe('second');
    expect(await store.get('empty')).toHaveLength(0);
    expect(everything()).toEqual(['root', 'root/a', 'root/a/b.bin', 'root/empty']);
  });

  it('does not wait for what a pipe may give some time, nor read a folder or a device', async () => {
    await store.put('a/file', bytes('a'));
    spawnSync('mkfifo', [join(directory, 'root/a/pipe')]);
    symlinkSync('/dev/zero', join(directory, 'root/a/device'));
    for (const key of ['a/pipe', 'a/device', 'a'])
      for (const reading of [store.get(key), store.getRange(key, 0, 1)]) {
        const error = await reading.catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(IntegrityError);
        expect(error).toMatchObject({ place: { file: join(directory, 'root', key) } });
      }
  });

  it('makes its directory when it is first written to, not before', async () => {
    expect(await store.list('')).toEqual([]);
    expect(everything()).toEqual([]);
  });

  it('lists keys under a prefix by code unit, of all levels', async () => {
    for (const key of ['b', 'a/2', 'a/10', 'a/x/1', 'a-1', 'B', 'é']) await store.put(key, bytes(key));
    expect(await store.list('')).toEqual(['B', 'a-1', 'a/10', 'a/2', 'a/x/1', 'b', 'é']);
    expect(await store.list('a/')).toEqual(['a/10', 'a/2', 'a/x/1']);
    expect(await store.list('a')).toEqual(['a-1', 'a/10', 'a/2', 'a/x/1']);
    expect(await store.list('a/1')).toEqual(['a/10']);
    expect(await store.list('none/')).toEqual([]);
  });

  it('neither lists nor keeps what a killed process left half-written', async () => {
    await store.put('runs/a', bytes('whole'));
    writeFileSync(join(store.location, 'runs/b.123.partial'), 'ha');
    expect(await store.list('')).toEqual(['runs/a']);
    await store.removePartial('runs');
    await store.removePartial('none');
    expect(readdirSync(join(store.location, 'runs'))).toEqual(['a']);
  });
});

describe('a range of an object', () => {
  beforeEach(() => store.put('key', bytes('0123456789')));

  it('runs from start inclusive to end exclusive', async () => {
    expect(text(await store.getRange('key', 2, 5))).toBe('234');
    expect(text(await store.getRange('key', 0, 10))).toBe('0123456789');
    expect(text(await store.getRange('key', 4, 4))).toBe('');
  });

  it.each([
    [5, 11, 5],
    [10, 12, 0],
    [99, 100, 0],
  ])('of %i to %i is refused, where 10 bytes are', async (start, end, found) => {
    const range = store.getRange('key', start, end);
    await expect(range).rejects.toThrow(IntegrityError);
    await expect(range).rejects.toThrow(`root/key: bytes ${start} to ${end} were asked for and ${found} were there`);
  });

  it('of an absent object is refused', async () => {
    await expect(store.getRange('none', 0, 1)).rejects.toThrow(/root\/none: cannot be accessed \(ENOENT\)/);
  });
});

describe('a directory store that cannot do what is asked', () => {
  it.each(['../outside', 'a/../../outside', '/etc/passwd', '..', '', '.'])('refuses key %j', async (key) => {
    for (const attempt of [store.get(key), store.put(key, bytes('x')), store.getRange(key, 0, 1)])
      await expect(attempt).rejects.toThrow(`key ${JSON.stringify(key)} leaves ${store.location}`);
    expect(everything()).toEqual([]);
  });

  it.each(['../', '../root-2/', '/etc/'])('refuses prefix %j', async (prefix) => {
    mkdirSync(join(directory, 'root-2'));
    writeFileSync(join(directory, 'root-2/a.partial'), '');
    await expect(store.list(prefix)).rejects.toThrow('leaves');
    await expect(store.removePartial(prefix)).rejects.toThrow('leaves');
    expect(everything()).toContain('root-2/a.partial');
  });

  it('takes the root of the file system for what it is', async () => {
    const root = new DirectoryStore('/');
    await store.put('key', bytes('x'));
    expect(text(await root.get(join(store.location, 'key').slice(1)))).toBe('x');
    expect(await root.list(`${store.location.slice(1)}/`)).toEqual([join(store.location, 'key').slice(1)]);
  });

  it.each(['file', 'file/deeper'])('says that a part of its path is a file, below %j', async (below) => {
    writeFileSync(join(directory, 'file'), 'x');
    const attempt = new DirectoryStore(join(directory, below)).put('key', bytes('x'));
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(/key: cannot be accessed .* A part of the path is a file, not a directory/);
    expect(everything()).toEqual(['file']);
  });

  it('leaves the old object and nothing half-written where it cannot replace', async () => {
    await store.put('taken/key', bytes('old'));
    const attempt = store.put('taken', bytes('new'));
    await expect(attempt).rejects.toThrow(/root\/taken: cannot be accessed \(EISDIR\)\. This is a directory/);
    expect(text(await store.get('taken/key'))).toBe('old');
    expect(everything()).toEqual(['root', 'root/taken', 'root/taken/key']);
  });

  it('says so before the work whose result cannot be written', async () => {
    await store.put('taken/key', bytes('old'));
    await expect(store.checkWritable('taken')).rejects.toThrow(/root\/taken: cannot be accessed \(EISDIR\)/);
    await expect(store.checkWritable('taken/key/x')).rejects.toThrow(/A part of the path is a file/);
    await store.checkWritable('taken/key');
    await store.checkWritable('new');
    expect(text(await store.get('taken/key'))).toBe('old');
    expect(everything()).toEqual(['root', 'root/taken', 'root/taken/key']);
  });

  it('refuses a name that the file system does not take', async () => {
    await expect(store.put('x'.repeat(300), bytes('x'))).rejects.toThrow(/ENAMETOOLONG.*choose a shorter/);
    expect(everything()).toEqual(['root']);
  });

  it('leaves the old object and nothing half-written where writing fails midway, as on a full disk', async () => {
    await store.put('key', bytes('old'));
    const module = new URL('../../../dist/shared/io/store/directory-store.js', import.meta.url);
    const script = `import { DirectoryStore } from '${module}';
      await new DirectoryStore(process.argv[1]).put('key', new Uint8Array(1e6)).catch(({ message }) => console.log(message));`;
    const limited = ['-c', 'ulimit -f 8; exec "$@"', 'sh', process.execPath, '--input-type=module', '-e', script];
    const { stdout } = spawnSync('sh', [...limited, store.location], { encoding: 'utf8' });
    expect(stdout).toMatch(/root\/key: cannot be accessed \(EFBIG\)\. The file would be larger than is allowed/);
    expect(readFileSync(join(store.location, 'key'), 'utf8')).toBe('old');
    expect(everything()).toEqual(['root', 'root/key']);
  });
});

describe('a file system error', () => {
  it.each([
    ['ENOSPC', 'The disk is full'],
    ['EDQUOT', 'quota'],
    ['EROFS', 'read-only'],
    ['EACCES', 'Permission was denied'],
    ['EMFILE', 'Too many files'],
  ])('%s names the path, the code and the remedy', (code, remedy) => {
    const cause = Object.assign(new Error('low level'), { code });
    const error = fileError(cause, '/data/x') as InputError;
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(new RegExp(`^/data/x: cannot be accessed \\(${code}\\)\\. .*${remedy}`));
    expect(error.cause).toBe(cause);
  });

  it('that nobody foresaw stays as it is', () => {
    const error = new Error('boom');
    expect(fileError(error, 'x')).toBe(error);
  });

  it('of a key with a zero byte is that of a key that leaves the directory', async () => {
    const store = new DirectoryStore('/nowhere');
    await expect(store.get('a\0b')).rejects.toThrow(InputError);
    await expect(store.list('a\0/')).rejects.toThrow(InputError);
  });
});
