import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseFormula } from '../../shared/chemistry/formula.ts';
import { type FineTunedCard, renderFineTunedCard } from '../../shared/fine-tuning/fine-tuned-card.ts';
import { sha256 } from '../../shared/hash.ts';
import { decodeCard } from '../../shared/models/card-file.ts';
import { scoreComposition } from '../../shared/models/score-composition.ts';
import { openStudent } from '../../shared/models/student-session.ts';

const read = (name: string): Buffer => readFileSync(new URL(`../../models/${name}`, import.meta.url));
const card = decodeCard(read('student-measured.card.json'), 'student-measured.card.json') as unknown as FineTunedCard;

it('the shipped fine-tuned student is the one of its card, and tells known conductors from insulators', async () => {
  const bytes = read('student-measured.onnx');
  expect(sha256(bytes)).toBe(card.modelHash);
  expect(read('student-measured.card.md').toString()).toBe(renderFineTunedCard(card));
  const student = await openStudent(bytes, 'student-measured.onnx');
  const score = (formula: string) => scoreComposition(student, parseFormula(formula), {});
  for (const formula of ['Li10GeP2S12', 'Li6PS5Cl', 'Li6.4La3Zr1.4Ta0.6O12'])
    expect(await score(formula)).toBeGreaterThan(0.5);
  for (const formula of ['LiBO2', 'LiGaO2', 'Li4P2O7']) expect(await score(formula)).toBeLessThan(0.3);
  await student.release();
});

it('it is shipped because it is above the labels-only student on held-out systems, and within the goals', () => {
  const { auc, meanAbsoluteError } = card.evaluation.rows[0];
  expect(card.evaluation.gain.low).toBeGreaterThan(0);
  expect(auc?.value).toBeGreaterThanOrEqual(0.87);
  expect(meanAbsoluteError?.value).toBeLessThan(1.3);
});
