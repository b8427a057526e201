import { describe, expect, it } from 'vitest';
import { cardName, encodeCard } from '../../shared/models/card-file.ts';
import { cardCurves, decodeCurves, type HeldOutCurves } from '../../shared/models/held-out-curves.ts';

const CURVES: HeldOutCurves = {
  precisionRecall: [{ recall: 1, precision: 0.5 }],
  reliability: [{ count: 2, probability: 0.75, positives: 0.5 }],
};

const card = (fields: object): Uint8Array =>
  encodeCard({ modelHash: 'a', folds: [{ formulas: 2, curves: CURVES }, { curves: CURVES }], ...fields });

it.each([
  ['models/student.onnx', 'models/student.card.json'],
  ['a.onnx/B.ONNX', 'a.onnx/B.card.json'],
  ['model', 'model.card.json'],
])('the card of %s is %s', (model, name) => {
  expect(cardName(model)).toBe(name);
});

describe('curves of a card', () => {
  it('are those of its folds, whatever else is in it', () => {
    const bytes = cardCurves(card({}), 'a.card.json', 'a')!;
    expect(decodeCurves(bytes, 'curves.json')).toEqual([CURVES, CURVES]);
    expect(cardCurves(card({ teacher: 'other' }), 'a.card.json', 'a')).toEqual(bytes);
  });

  it.each([
    ['a version that kept none', card({ folds: [{ curves: CURVES }, { formulas: 2 }] })],
    ['no folds', card({ folds: [] })],
    ['something else than folds', card({ folds: [null] })],
    ['points that are no numbers', card({ folds: [{ curves: { ...CURVES, precisionRecall: [{ recall: null }] } }] })],
  ])('are absent from that of %s', (_, bytes) => {
    expect(cardCurves(bytes, 'a.card.json', 'a')).toBeUndefined();
  });

  it("are not taken from another model's card", () => {
    expect(() => cardCurves(card({ modelHash: 'b' }), 'a.card.json', 'a')).toThrow(
      'a.card.json: it tells of a model with the SHA-256 b, and the one beside it has a. The model is damaged, or another',
    );
  });

  it('are not taken from a card that is damaged', () => {
    const bytes = card({});
    for (const damaged of [bytes.with(9, bytes[9] ^ 1), bytes.subarray(0, 30), Buffer.from('{"modelHash":"b"}\n')])
      expect(() => cardCurves(damaged, 'a.card.json', 'a')).toThrow(/^a\.card\.json: .*Restore the card/);
  });
});
