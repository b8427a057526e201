import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../run-cli.ts';
import { hasSoftAnion, SHIPPED_TEACHER, someLabels } from '../../small-labels.ts';

let labels: string; // enough to distill from
let directory: string;
const path = (name: string): string => join(directory, name);

beforeAll(async () => {
  labels = await someLabels(hasSoftAnion);
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-distill-'));
  writeFileSync(path('labels.csv'), labels);
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Exit code 2, one line on stderr, nothing on stdout and no file that was not there before. */
async function refusal(...args: string[]): Promise<string> {
  const before = readdirSync(directory, { recursive: true });
  const { code, stdout, stderr } = await runCli(directory, 'distill', ...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  expect(readdirSync(directory, { recursive: true })).toEqual(before);
  return stderr;
}

const toStudent = ['--out', 'student.onnx'];

describe('distill refuses, before it trains and with nothing written,', () => {
  it('labels that lack a column', async () => {
    writeFileSync(path('bad.csv'), labels.replace('probability', 'p'));
    expect(await refusal('--labels', 'bad.csv', ...toStudent)).toContain(
      'bad.csv:1: column probability is missing; found id,',
    );
  });

  it('a bad value, named by line and column', async () => {
    const lines = labels.split('\n');
    lines[6] = lines[6].replace(/[^,]+$/, '1.5');
    writeFileSync(path('bad.csv'), lines.join('\n'));
    expect(await refusal('--labels', 'bad.csv', ...toStudent)).toContain('bad.csv:7:probability: 1.5 is above 1');
  });

  it('labels that another teacher made', async () => {
    writeFileSync(path('other.json'), readFileSync(SHIPPED_TEACHER, 'utf8').replace('8.699', '8.5'));
    expect(await refusal('--labels', 'labels.csv', '--teacher', 'other.json', ...toStudent)).toMatch(
      /labels\.csv:probability: mp-\d+ has probability .*Name the teacher that made the labels with --teacher/,
    );
  });

  it('a formula without Li', async () => {
    const [id, , ...rest] = labels.split('\n')[1].split(',');
    writeFileSync(path('bad.csv'), `${labels}${[`${id}-x`, 'Na2S', ...rest].join(',')}\n`);
    expect(await refusal('--labels', 'bad.csv', ...toStudent)).toContain('bad.csv:formula: Na2S has no Li');
  });

  it('too few labels', async () => {
    writeFileSync(path('few.csv'), labels.split('\n').slice(0, 9).join('\n'));
    expect(await refusal('--labels', 'few.csv', ...toStudent)).toContain('For 5 folds at least 10 of each are needed');
  });

  it('files that are not there', async () => {
    expect(await refusal('--labels', 'none.csv', ...toStudent)).toContain('none.csv: cannot be accessed (ENOENT)');
    const noTeacher = ['--teacher', 'none.json', ...toStudent];
    expect(await refusal('--labels', 'labels.csv', ...noTeacher)).toContain('none.json: cannot be accessed (ENOENT)');
  });

  it('an output that cannot be written', async () => {
    mkdirSync(path('models'));
    expect(await refusal('--labels', 'labels.csv', '--out', 'models')).toContain('models: cannot be accessed (EISDIR)');
    expect(await refusal('--labels', 'labels.csv', '--out', 'labels.csv/student.onnx')).toContain(
      'A part of the path is a file',
    );
  });

  it('a seed that is no whole number, and a missing option', async () => {
    for (const args of [['--seed', '1.5', ...toStudent], []]) {
      const { code, stdout, stderr } = await runCli(directory, 'distill', '--labels', 'labels.csv', ...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/Give a whole number|required option '--out <file>' not specified/);
    }
  });
});
