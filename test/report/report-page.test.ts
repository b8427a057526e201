import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { HeldOutCurves } from '../../shared/models/held-out-curves.ts';
import type { RankingColumn } from '../../shared/ranking/columns.ts';
import type { RankedComposition } from '../../shared/ranking/ranking.ts';
import { renderPageScript } from '../../shared/report/browser/build.ts';
import { pooledBins } from '../../shared/report/held-out-figures.ts';
import { reportPage } from '../../shared/report/report-page.ts';
import { commandOf } from '../../shared/report/report-words.ts';
import type { RunSummary } from '../../shared/report/summary.ts';
import { histogramEdges } from '../../shared/screen/histogram.ts';

const STUDENT = {
  schema: '1',
  symbols: ['Li', 'P', 'S', 'Cl'],
  mobileIon: 'Li',
  threshold: 0.5,
  teacherHash: '0'.repeat(64),
  labelsHash: '1'.repeat(64),
  metrics: {},
};
const RANKING: readonly RankedComposition[] = [
  { rank: 1, index: 7, formula: 'Li3PS4', system: 'Li-P-S', probability: 0.75, logit: Math.fround(1.1) },
  { rank: 2, index: 3, formula: 'Li6PS5Cl', system: 'Li-P-S-Cl', probability: 0.5, logit: 0 },
];
const counts = histogramEdges().map((_, i) => (i === 60 ? 8 : 0));
const SUMMARY: RunSummary = {
  runId: 'abcabcabcabcabcabcab',
  space: { name: 'tiny', systems: 2, classes: 1, compositions: 12345 },
  student: { name: 'student.onnx', hash: 'f'.repeat(64), threshold: 0.5 },
  committee: { absent: 'no committee was wanted' },
  labels: { absent: 'there are no labels beside the student' },
  options: { top: 10, perSystem: 3, rankBy: 'student' },
  screened: 12345,
  passed: 617,
  ranked: 2,
  histogram: { edges: histogramEdges(), counts: [...counts, 0] },
  elements: [{ symbol: 'S', screened: 100, passed: 7 }],
  columns: {},
  top: [],
};
const ANION: RankingColumn = { name: 'anion', type: 'STRING', values: ['S', 'Cl'], description: 'It <is>.' };

const pageOf = (summary: RunSummary, columns: readonly RankingColumn[] = [ANION]): string =>
  reportPage({ summary, student: STUDENT, ranking: RANKING, columns });
const dataOf = (page: string): unknown => JSON.parse(/id="data">(.*)<\/script>/.exec(page)?.[1] as string);

describe('the page of a run', () => {
  it('says in words what was screened and what came out', () => {
    const page = pageOf(SUMMARY);
    expect(page).toContain('12,345 compositions of <strong>tiny</strong> in 2 chemical systems');
    expect(page).toContain('617 of them (5 %) reach a probability of 0.5');
    expect(page).toContain('No committee was asked: no committee was wanted.');
  });

  it('carries the data as in ranking.csv', () => {
    expect(dataOf(pageOf(SUMMARY))).toEqual({
      columns: ['rank', 'index', 'formula', 'system', 'probability', 'logit', 'anion'],
      rows: [
        [1, 7, 'Li3PS4', 'Li-P-S', 0.75, 1.1, 'S'],
        [2, 3, 'Li6PS5Cl', 'Li-P-S-Cl', 0.5, 0, 'Cl'],
      ],
    });
  });

  it('leaves out the columns and filters of what is not there', () => {
    const page = pageOf(SUMMARY, []);
    for (const absent of ['Committee', 'Novelty', 'Outside training', 'name="anion"'])
      expect(page).not.toContain(absent);
    expect(pageOf(SUMMARY)).toContain('name="anion"');
    expect(pageOf(SUMMARY)).toContain('It &lt;is&gt;.');
  });

  it('has no histogram and no shares where compositions were bounded away, and says so', () => {
    const { passed: _, histogram: __, ...known } = SUMMARY;
    const page = pageOf({
      ...known,
      bounded: { systems: 5, compositions: 54321 },
      elements: [{ symbol: 'S', screened: 100 }],
    });
    expect(page).toContain('54,321 more in 5 systems were bounded away');
    expect(page).not.toContain('Histogram of probabilities');
  });

  it('shows a name of a file as text', () => {
    const page = pageOf({ ...SUMMARY, student: { ...SUMMARY.student, name: '<img src=x>' } });
    expect(page).not.toContain('<img');
  });

  it('shows the curves of the student where its card has them, all folds', () => {
    const fold = (count: number, probability: number, positives: number): HeldOutCurves => ({
      precisionRecall: [
        { recall: 0.5, precision: 1 },
        { recall: 1, precision: positives },
      ],
      reliability: [{ count, probability, positives }],
    });
    const curves = [fold(30, 0.32, 0.1), fold(10, 0.36, 0.5), fold(10, 1, 1)];
    expect(pooledBins(curves)).toEqual([
      { count: 40, probability: expect.closeTo(0.33, 12), positives: expect.closeTo(0.2, 12) },
      { count: 10, probability: 1, positives: 1 },
    ]);
    const page = reportPage({ summary: SUMMARY, student: STUDENT, ranking: RANKING, columns: [], curves });
    expect(page).toContain('Held out were 50 formulas, of which 18 (36 %) are positive');
    expect(page).toMatch(/<svg[^>]* aria-label="Precision against recall"/);
    expect(page).toMatch(/<svg[^>]* aria-label="Calibration"/);
    expect(pageOf(SUMMARY)).not.toContain('Calibration');
  });

  it('is equal bytes for equal runs', () => {
    expect(pageOf(SUMMARY)).toBe(pageOf(SUMMARY));
  });
});

it('the command of a run names every option that decides on it', () => {
  const options = {
    top: 5,
    perSystem: 1,
    rankBy: 'lower' as const,
    finalists: 50,
    criteria: { exclude: ['Co', 'toxic'], maxUsdPerKg: 30 },
  };
  expect(commandOf({ ...SUMMARY, options })).toBe(
    'ionsieve screen --space tiny --student runs/abcabcabcabcabcabcab/plan/student.onnx --committee none --top 5 --per-system 1 --exclude Co,toxic --max-usd-per-kg 30 --rank-by lower --finalists 50 --out .',
  );
  const list = { name: "a b's.csv", rows: 3, files: [] };
  expect(commandOf({ ...SUMMARY, list })).toContain(`--compositions 'a b'\\''s.csv'`);
});

it('the script of the page is that of shared/report/browser', async () => {
  expect(await readFile('shared/report/page/page-script.ts', 'utf8')).toBe(await renderPageScript());
});
