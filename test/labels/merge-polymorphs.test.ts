import { describe, expect, it } from 'vitest';
import type { StructureLabel } from '../../shared/labels/label.ts';
import { isIonic, type Merge, mergePolymorphs } from '../../shared/labels/merge-polymorphs.ts';

function label(id: string, formula: string, anion: string, probability: number): StructureLabel {
  return { id, formula, anion, probability, features: {} };
}

describe('merging polymorphs', () => {
  it('takes the mean probability and the count per reduced formula, sorted by formula', () => {
    const merged = mergePolymorphs([
      label('a', 'LiF', 'F', 0.25),
      label('b', 'Li3P', 'P', 1),
      label('c', 'Li2F2', 'F', 0.75),
    ]);
    expect(merged.map(({ formula, probability, structures }) => [formula, probability, structures])).toEqual([
      ['Li3P', 1, 1],
      ['LiF', 0.5, 2],
    ]);
    expect(merged[0].composition).toEqual({ atomicNumbers: [3, 15], amounts: [3, 1] });
    expect(merged.map(isIonic)).toEqual([false, true]);
  });

  it('takes more structures of a formula than a call has arguments', () => {
    const many = Array.from({ length: 200_000 }, (_, i) => label(`s${i}`, 'LiF', 'F', i % 2));
    const of = (merge: Merge): number => mergePolymorphs(many, merge)[0].probability;
    expect([of('mean'), of('maximum'), of('minimum')]).toEqual([0.5, 1, 0]);
  });

  it('is refused where structures of one formula disagree on the anion', () => {
    expect(() => mergePolymorphs([label('a', 'LiF', 'F', 0), label('b', 'LiF', 'Li', 0)])).toThrow(
      'a and b of formula LiF have the anions F and Li',
    );
  });
});
