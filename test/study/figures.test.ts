import { describe, expect, it } from 'vitest';
import { parseFormula } from '../../shared/chemistry/formula.ts';
import { rankCorrelation } from '../../shared/learning/rank-correlation.ts';
import { renderDocument } from '../../shared/report/page/document.ts';
import { html } from '../../shared/report/page/html.ts';
import { LEARNERS } from '../../study/learners.ts';
import { mergeTables } from '../../study/measured-data.ts';
import { table } from '../../study/page/page-table.ts';
import { type DescribedCompound, learningCurve, leaveOneOutScores } from '../../study/small-data.ts';
import { fitSupportVectors } from '../../study/support-vectors.ts';
import { baselineScorers, judgeTransfer } from '../../study/transfer.ts';

describe('support vectors', () => {
  it('give positives above zero, and mirror images opposite values', () => {
    const score = fitSupportVectors(
      [
        [1, 5],
        [2, 5],
        [-1, 5],
        [-2, 5],
      ],
      [true, true, false, false],
      1,
    );
    expect(score([1.5, 5])).toBeGreaterThan(0.5);
    expect(score([0, 5])).toBeCloseTo(0, 6);
    expect(score([-1.5, 5])).toBeCloseTo(-score([1.5, 5]), 5);
  });

  it('have the same sign when the first row is positive as when it is not', () => {
    const rows = [[1], [2], [-1], [-2]];
    const forwards = fitSupportVectors(rows, [true, true, false, false], 10);
    const backwards = fitSupportVectors([...rows].reverse(), [false, false, true, true], 10);
    expect(backwards([1.2])).toBeCloseTo(forwards([1.2]), 2);
  });

  it('find a ring around a point, which no line separates', () => {
    const rows = Array.from({ length: 12 }, (_, i) =>
      [Math.cos(i), Math.sin(i)].map((x) => x * (i % 2 === 0 ? 2 : 0.2)),
    );
    const score = fitSupportVectors(
      rows,
      rows.map((_, i) => i % 2 === 0),
      10,
    );
    expect(rows.every((row, i) => score(row) > 0 === (i % 2 === 0))).toBe(true);
  });
});

const flipped = ({ conductor, ...compound }: DescribedCompound): DescribedCompound => ({
  ...compound,
  conductor: !conductor,
});
const compounds = Array.from({ length: 30 }, (_, i): DescribedCompound => {
  const composition = parseFormula(`Li${i + 1}${['Na', 'K', 'Mg', 'Ca', 'Al', 'Ga', 'Si', 'Ge', 'P', 'As'][i % 10]}S9`);
  const conductor = i % 2 === 0;
  const system = `system ${i % 10}`;
  return {
    composition,
    system,
    conductor,
    generic: [Math.sin(i), i % 4],
    structural: [conductor ? 1 : 0, Math.cos(i)],
  };
});

describe('leave-one-out', () => {
  it.each(['logistic', 'supportVectors', 'forest'] as const)(
    'of %s does not look at the compound it predicts',
    (learner) => {
      const scores = leaveOneOutScores(compounds, 'structural', learner, 1);
      const changed = compounds.map((compound, i) => (i === 7 ? flipped(compound) : compound));
      const again = leaveOneOutScores(changed, 'structural', learner, 1);
      expect(again[7]).toBe(scores[7]);
      expect(again).not.toEqual(scores);
    },
  );
});

describe('a learning curve', () => {
  it('ends with all that is not held out, and rises to certainty where a feature tells the class', () => {
    const points = learningCurve(compounds, [10, 15, 1000], 4, 1);
    expect([...new Set(points.map(({ size }) => size))]).toEqual([10, 15, 24]);
    const last = points.filter(({ size, description }) => size === 24 && description === 'structural');
    expect(last.map(({ auc }) => auc.value)).toEqual([1, 1, 1]);
    expect(learningCurve(compounds, [10, 15, 1000], 4, 1)).toEqual(points);
  });
});

describe('ranks', () => {
  it('correlate, equal values sharing theirs', () => {
    expect(rankCorrelation([1, 2, 3], [10, 100, 1000])).toBeCloseTo(1, 12);
    expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
    expect(rankCorrelation([1, 1, 2], [1, 2, 3])).toBeCloseTo(Math.sqrt(3) / 2, 12);
  });
});

describe('transfer', () => {
  const measured = [
    'Li2S',
    'Li3PS4',
    'LiGeS3',
    'LiAlS2',
    'Li2SiS3',
    'Li2O',
    'LiAlO2',
    'Li3PO4',
    'Li2SiO3',
    'LiGaO2',
  ].map((formula, i) => ({
    composition: parseFormula(formula),
    formula,
    system: formula,
    log10: i < 5 ? -3 : -8,
    bound: 'exact' as const,
    measurements: 1,
    family: 'any',
  }));

  it('gives baselines that see sulfides, and errors of a line through other systems', () => {
    const [all, family] = judgeTransfer(measured, baselineScorers(measured), new Map(), -4, 1);
    const [elements, electronegativity, constant] = all.rows;
    expect(electronegativity).toMatchObject({ name: 'electronegativity', auc: { value: 1, low: 1, high: 1 } });
    expect(electronegativity.meanAbsoluteError.value).toBeCloseTo(0, 10);
    expect(elements.auc.value).toBeCloseTo(0.5, 10);
    expect(constant.meanAbsoluteError.value).toBeGreaterThan(2.4); // the mean is 2.5 from every value
    expect(family).toMatchObject({ name: 'any', conductors: 5, compositions: 10 });
  });
});

describe('measurements of two tables', () => {
  it('are merged as logarithms, with the family of the first', () => {
    const tables = [
      { file: 'a.csv', text: 'id,formula,conductivity_S_per_cm,family\na,Li2S,1e-6,sulfides\nb,Li2O,<1e-9,oxides\n' },
      { file: 'b.csv', text: 'formula,sigma_RT_S_per_cm\nSLi2,1e-8\n' },
    ];
    const [sulfide, oxide] = mergeTables(tables, { mobileIon: 3, knows: () => true });
    expect(sulfide).toMatchObject({ formula: 'Li2S', family: 'sulfides', measurements: 2, bound: 'exact' });
    expect(sulfide.log10).toBeCloseTo(-7, 10);
    expect(oxide).toMatchObject({ formula: 'Li2O', family: 'oxides', bound: 'upper' });
  });
});

describe('learners', () => {
  it('grow forests that are sure of what all trees agree on', () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i, -i]);
    const score = LEARNERS.forest(
      rows,
      rows.map(([x]) => x >= 20),
      1,
    );
    expect([score([0, 0]), score([39, -39])]).toEqual([0, 1]);
  });
});

describe('HTML', () => {
  it('escapes what is filled in, but not HTML', () => {
    expect(html`<p>${'a < b & "c"'}${html`<b>${1}</b>`}</p>`.html).toBe('<p>a &lt; b &amp; &quot;c&quot;<b>1</b></p>');
    expect(table(['<'], [['>', 2]]).html).toContain('<tr><td>&gt;</td><td>2</td></tr>');
    expect(renderDocument({ title: '<title>', style: '', body: 'x' })).toContain('<title>&lt;title&gt;</title>');
  });
});
