import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { studyCommand } from '../../study/command.ts';
import { sharedData } from '../shared-data.ts';

const DATA = sharedData('mp-li.optimade.jsonl.gz');
const directory = mkdtempSync(join(tmpdir(), 'ionsieve-'));

beforeEach(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(directory, { recursive: true }));

const study = (...options: string[]): Promise<unknown> =>
  studyCommand().exitOverride().parseAsync(options, { from: 'user' });

it.skipIf(DATA === undefined)('study labels the structures of the data and writes figures and page', async () => {
  const out = join(directory, 'out');
  await study('--data', dirname(DATA as string), '--out', out, '--sections', 'labels');
  expect(readdirSync(out).sort()).toEqual(['study.html', 'study.json']);
  const { labels } = JSON.parse(readFileSync(join(out, 'study.json'), 'utf8'));
  expect(labels).toMatchObject({ structures: 21725, positives: 2893 });
  expect(labels.byAnion.find(({ name }: { name: string }) => name === 'S')).toMatchObject({
    formulas: 227,
    formulaPositives: 161,
  });
  expect(readFileSync(join(out, 'study.html'), 'utf8')).toContain('13.3 % of 21725 labelled structures');
});

it('study names the file that a folder lacks, and sections that there are not', async () => {
  await expect(study('--data', directory, '--out', directory)).rejects.toThrow('train.csv');
  await expect(study('--data', directory, '--out', directory, '--sections', 'labels,x')).rejects.toThrow(
    'Choose among',
  );
});
