import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOutput, writeTogether } from '../../../cli/terminal/output-files.ts';

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
