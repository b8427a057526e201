import { describe, expect, it } from 'vitest';
import { parseFormula } from '../../shared/chemistry/formula.ts';
import { createRandom, randomInteger, shuffle } from '../../shared/random.ts';
import { checkApart, groupedFolds, splitFold } from '../../shared/student/splits.ts';

/** Folds that each group is in. */
function foldsByGroup(groups: readonly string[], folds: Int32Array): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  groups.forEach((group, i) => {
    found.set(group, (found.get(group) ?? new Set()).add(folds[i]));
  });
  return found;
}

describe('grouped folds', () => {
  it.each([1, 2, 3, 4, 5])('never split a group and hold equally many groups, seed %i', (seed) => {
    const random = createRandom(seed);
    const groups = Array.from({ length: 500 }, () => `system ${randomInteger(random, 83)}`);
    const byGroup = foldsByGroup(groups, groupedFolds(groups, 5, seed));
    const counts = [0, 0, 0, 0, 0];
    for (const folds of byGroup.values()) {
      expect(folds.size).toBe(1);
      counts[[...folds][0]]++;
    }
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it('depend on the groups and the seed, not on the order of the items', () => {
    const groups = Array.from({ length: 60 }, (_, i) => `system ${i % 20}`);
    const shuffled = shuffle([...groups], createRandom(1));
    expect(foldsByGroup(shuffled, groupedFolds(shuffled, 4, 9))).toEqual(
      foldsByGroup(groups, groupedFolds(groups, 4, 9)),
    );
    expect(groupedFolds(groups, 4, 8)).not.toEqual(groupedFolds(groups, 4, 9));
  });

  it('need as many groups as folds', () => {
    expect([...groupedFolds(['a', 'b'], 2, 1)].sort()).toEqual([0, 1]);
    expect(() => groupedFolds(['a', 'b', 'a'], 3, 1)).toThrow('2 groups do not fill 3 folds');
  });
});

describe('a split', () => {
  const items = ['Li2S', 'Li3PS4', 'Li7P3S11', 'Li2O'].map((formula) => ({ composition: parseFormula(formula) }));
  const [sulfide, first, second, oxide] = items;

  it('has the items of a fold on one side and all others on the other', () => {
    expect(splitFold(items, [0, 1, 1, 0], 1)).toEqual({ learned: [sulfide, oxide], heldOut: [first, second] });
  });

  it('is refused with a chemical system on both sides', () => {
    expect(() => splitFold(items, [0, 0, 1, 1], 1)).toThrow('Li7P3S11 is held out, but its system Li-P-S is not');
  });

  it('is refused with a formula on both sides, however it is written', () => {
    const same = { composition: parseFormula('S2Li4') };
    expect(() => checkApart({ learned: [sulfide], heldOut: [same, oxide] })).toThrow('its system Li-S is not');
    expect(() => checkApart({ learned: [sulfide], heldOut: [oxide] })).not.toThrow();
  });
});
