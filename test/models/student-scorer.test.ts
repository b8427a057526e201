import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStudentScorer, type StudentScorer } from '../../shared/models/student-scorer.ts';
import { openSession, type Session } from '../../shared/onnx/session.ts';
import { createRandom, randomInteger } from '../../shared/random.ts';
import { randomStudent } from '../random-student.ts';

const SYMBOLS = ['Li', 'O', 'S', 'Cl', 'Ge', 'La', 'P'];
const bytes = randomStudent(SYMBOLS, 3);
const [SYSTEMS, STOICHIOMETRIES, ARITY] = [5, 7, 4];

function draw(seed: number) {
  const random = createRandom(seed);
  const elements = BigInt64Array.from({ length: SYSTEMS * ARITY }, () => BigInt(randomInteger(random, SYMBOLS.length)));
  const amounts = Uint8Array.from({ length: STOICHIOMETRIES * ARITY }, () => 1 + randomInteger(random, 20));
  return { elements, amounts };
}

describe('a student in two parts', () => {
  let whole: Session;
  let scorer: StudentScorer;
  beforeAll(async () => {
    whole = await openSession(bytes);
    scorer = await openStudentScorer(bytes, 1);
  });
  afterAll(async () => {
    await Promise.all([whole.release(), scorer.release()]);
  });

  it('gives the logits of the whole, to the bit, for all systems and for some', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { elements, amounts } = draw(seed);
      const { logit } = await whole.run({
        elements: { data: elements, shape: [SYSTEMS, ARITY] },
        amounts: { data: Float32Array.from(amounts), shape: [STOICHIOMETRIES, ARITY] },
      });
      const encoded = await scorer.encode(elements, SYSTEMS);
      for (const chosen of [[0, 1, 2, 3, 4], [3, 1], [2]]) {
        const expected = Array.from({ length: STOICHIOMETRIES }, (_, v) =>
          chosen.map((s) => logit.data[s * STOICHIOMETRIES + v]),
        );
        expect([...(await encoded.logits(chosen, scorer.prepare(amounts, ARITY)))]).toEqual(expected.flat());
      }
    }
  });

  it('scores rows as the diagonal of all pairs, to the bit, at every place of the call', async () => {
    const random = createRandom(5);
    const rows = 32;
    const elements = BigInt64Array.from({ length: rows * ARITY }, () => BigInt(randomInteger(random, SYMBOLS.length)));
    const amounts = Float32Array.from({ length: rows * ARITY }, () => 1 + randomInteger(random, 20));
    const inputs = {
      elements: { data: elements, shape: [rows, ARITY] },
      amounts: { data: amounts, shape: [rows, ARITY] },
    };
    const { logit } = await whole.run(inputs);
    const scored = [...(await scorer.rowLogits(elements, amounts, rows))];
    expect(scored).toEqual(Array.from({ length: rows }, (_, row) => logit.data[row * (rows + 1)]));
    const last = (rows - 1) * ARITY; // the last row comes first
    const turnedElements = BigInt64Array.of(...elements.subarray(last), ...elements.subarray(0, last));
    const turnedAmounts = Float32Array.of(...amounts.subarray(last), ...amounts.subarray(0, last));
    const turned = [...(await scorer.rowLogits(turnedElements, turnedAmounts, rows))];
    expect([...turned.slice(1), turned[0]]).toEqual(scored);
  });

  it('makes fractions as single precision has them', () => {
    const { amounts } = draw(1);
    const fractions = scorer.prepare(amounts, ARITY);
    for (let v = 0; v < STOICHIOMETRIES; v++) {
      const row = amounts.subarray(v * ARITY, (v + 1) * ARITY);
      const total = row.reduce((sum, amount) => sum + amount, 0);
      expect([...fractions.subarray(v * ARITY, (v + 1) * ARITY)]).toEqual([...row].map((n) => Math.fround(n / total)));
    }
  });
});
