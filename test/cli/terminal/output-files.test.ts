import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOutput, outputFile, outputName, writeTogether } from '../../../cli/terminal/output-files.ts';
import { outputTarget } from '../../../cli/terminal/output-target.ts';

let directory: string;
const path = (name: string): string => join(directory, name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-output-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('an output', () => {
  it('may replace a file that is no input', async () => {
    writeFileSync(path('in'), 'input');
    writeFileSync(path('out'), 'old');
    await expect(checkOutput(path('out'), [path('in')])).resolves.toBeUndefined();
    expect(readFileSync(path('out'), 'utf8')).toBe('old');
  });

  it('may not replace an input, under another name either', async () => {
    writeFileSync(path('in'), 'input');
    symlinkSync(path('in'), path('link'));
    await expect(checkOutput(path('in'), [path('link')])).rejects.toThrow(
      /in: the output would replace an input\. Name/,
    );
    await expect(checkOutput(path('link'), [path('in')])).rejects.toThrow('would replace an input');
    expect(readFileSync(path('in'), 'utf8')).toBe('input');
  });

  it('may not be a pipe, a device or a directory', async () => {
    execFileSync('mkfifo', [path('pipe')]);
    await expect(checkOutput(path('pipe'), [])).rejects.toThrow(/pipe: this is no regular file/);
    await expect(writeTogether([[path('pipe'), Buffer.from('x')]])).rejects.toThrow('no regular file');
    expect(lstatSync(path('pipe')).isFIFO()).toBe(true);
    await expect(checkOutput('/dev/null', [])).rejects.toThrow('no regular file');
    await expect(checkOutput(directory, [])).rejects.toThrow('This is a directory');
  });

  it('is refused below a directory that can have no files, without hanging', async () => {
    await expect(checkOutput('/proc/x/y/labels.csv', [])).rejects.toThrow('/proc/x/y');
  });
});

describe('an output that is a symbolic link', () => {
  const write = (out: string, text = 'new') => writeTogether([[out, Buffer.from(text)]]);

  it('is written at its end, and the link stays', async () => {
    writeFileSync(path('target'), 'old');
    symlinkSync('target', path('near'));
    symlinkSync(path('near'), path('far'));
    await checkOutput(path('far'), []);
    await write(path('far'));
    expect(readFileSync(path('target'), 'utf8')).toBe('new');
    expect([readlinkSync(path('near')), readlinkSync(path('far'))]).toEqual(['target', path('near')]);
  });

  it('may lead to nothing yet, also through folders that are links', async () => {
    mkdirSync(path('folder'));
    symlinkSync(path('folder'), path('door'));
    symlinkSync('../made/out', path('folder/link'));
    await write(path('door/link'));
    expect(readFileSync(path('made/out'), 'utf8')).toBe('new');
    expect(lstatSync(path('folder/link')).isSymbolicLink()).toBe(true);
  });

  it('is taken away with the others at its end, if one of them cannot be written', async () => {
    symlinkSync('target', path('link'));
    writeFileSync(path('file'), '');
    await expect(
      writeTogether([
        [path('link'), Buffer.from('1')],
        [path('file/b'), Buffer.from('2')],
      ]),
    ).rejects.toThrow();
    expect(readdirSync(directory).sort()).toEqual(['file', 'link']);
  });

  it('may lead to no device, and not round in a circle', async () => {
    symlinkSync('/dev/null', path('device'));
    symlinkSync('b', path('a'));
    symlinkSync('a', path('b'));
    await expect(checkOutput(path('device'), [])).rejects.toThrow('no regular file');
    await expect(write(path('device'))).rejects.toThrow('no regular file');
    await expect(checkOutput(path('a'), [])).rejects.toThrow(/ELOOP.*name the file itself/);
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('an output that is open already', () => {
  it.each(['/dev/fd/', '/proc/self/fd/', `/proc/${process.pid}/fd/`, '/proc/thread-self/fd/'])(
    'is written to, by %s and its number',
    async (folder) => {
      const file = await open(path('open'), 'w');
      try {
        await file.write('before ');
        symlinkSync(`${folder}${file.fd}`, path('link'));
        await checkOutput(path('link'), []);
        await writeTogether([
          [path('link'), Buffer.from('one ')],
          [`${folder}${file.fd}`, Buffer.from('two')],
        ]);
      } finally {
        await file.close();
      }
      expect(readFileSync(path('open'), 'utf8')).toBe('before one two');
      expect(readdirSync(directory).sort()).toEqual(['link', 'open']);
    },
  );

  it('is not standard input, and no number that nothing has', async () => {
    await expect(checkOutput('/dev/stdin', [])).rejects.toThrow('standard input cannot be written');
    await expect(checkOutput('/dev/fd/0', [])).rejects.toThrow('standard input cannot be written');
    await expect(checkOutput('/dev/fd/1000000', [])).rejects.toThrow(/EBADF.*Nothing is open under this number/);
  });

  it.each(['-', '/dev/stdout', '/dev/fd/1'])('may be standard output: %s', async (out) => {
    expect([await outputTarget(out), await outputFile(out), await outputName(out, 'teacher')]).toEqual([
      { descriptor: 1 },
      undefined,
      'teacher',
    ]);
    expect([await outputFile('a/b.json'), await outputName('a/b.json', 'teacher')]).toEqual(['a/b.json', 'b']);
  });
});

describe('files that belong together', () => {
  it('are all written', async () => {
    await writeTogether([
      [path('a'), Buffer.from('1')],
      [path('sub/b'), Buffer.from('2')],
    ]);
    expect([readFileSync(path('a'), 'utf8'), readFileSync(path('sub/b'), 'utf8')]).toEqual(['1', '2']);
  });

  it('are none if one of them cannot be written', async () => {
    writeFileSync(path('file'), '');
    const files: [string, Uint8Array][] = [
      [path('a'), Buffer.from('1')],
      [path('file/b'), Buffer.from('2')],
    ];
    await expect(writeTogether(files)).rejects.toThrow('A part of the path is a file');
    expect(readdirSync(directory)).toEqual(['file']);
  });
});
