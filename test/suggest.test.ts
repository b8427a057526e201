import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { didYouMean } from '../shared/suggest.ts';
import { runCli } from './run-cli.ts';

describe('a mistyped name', () => {
  it.each([
    ['trilion', ['ionic-quinary', 'small', 'trillion'], ' Did you mean trillion?'],
    ['oqdm', ['mp', 'oqmd', 'cod'], ' Did you mean oqmd?'],
    ['li', ['Li', 'La'], ' Did you mean Li?'],
    ['TOXIC', ['toxic', 'costly'], ' Did you mean toxic?'],
    ['Lx', ['Li', 'La'], ''], // every symbol is as near
    ['something', ['toxic', 'costly'], ''],
    ['', ['toxic'], ''],
    ['x', [], ''],
  ])('%j of %j is answered by %j', (typed, names, answer) => expect(didYouMean(typed, names)).toBe(answer));
});

it.each([
  ['--exclude Li', '--exclude: "Li" excludes Li, which is the mobile ion'],
  ['--exclude S --require S', '--exclude: "S" excludes S, which is required'],
  ['--committee none --rank-by mean', "--rank-by: the ranking is to go by the committee's mean"],
])('screen %s is refused by the name of the option', async (options, message) => {
  const { code, stderr } = await runCli(tmpdir(), 'screen', '--space', 'small', ...options.split(' '));
  expect(code).toBe(2);
  expect(stderr).toContain(`error: ${message}`);
});

describe('the command line suggests', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ionsieve-suggest-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it.each([
    ['scren', 'screen'],
    ['space cuont', 'count'],
    ['screen --spcae small', '--space'],
    ['screen --space trilion', 'trillion'],
    ['score Li2S --student mesured', 'measured'],
    ['screen --exclude txic', 'toxic'],
    ['screen --require s', 'S'],
    ['import optimade --provider oqdm --out x.jsonl', 'oqmd'],
    ['import optimade --provider mp --ion na --out x.jsonl', 'Na'],
    ['teacher fit --structures x --conductivities y --out z --features ssbi', 'sbi'],
  ])('for ionsieve %s', async (line, suggestion) => {
    const { code, stdout, stderr } = await runCli(directory, ...line.split(' '));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`Did you mean ${suggestion}?`);
  });
});
