import { describe, expect, it } from 'vitest';
import { formatFormula, formatSystem, inIntegers, parseFormula } from '../../shared/chemistry/formula.ts';
import { createRandom, randomInteger, shuffle } from '../../shared/random.ts';
import { DistinctBest } from '../../shared/screen/distinct-best.ts';

const identity = (formula: string): string => formatFormula(inIntegers(parseFormula(formula)));

describe('a composition in integers', () => {
  it.each([
    [['Li3PS4', 'Li6P2S8', 'S4Li3P', 'Li1.5P0.5S2', 'Li3(PS4)', 'Li0.75P0.25S'], 'Li3PS4'],
    [['Li6.4La3Zr1.4Ta0.6O12', 'Li32La15Zr7Ta3O60'], 'Li32La15Zr7Ta3O60'],
    [['Li0.333333P', 'Li0.3333334P'], 'Li333333P1000000'],
  ])('is one for %j', (formulas, expected) => {
    expect(new Set(formulas.map(identity))).toEqual(new Set([expected]));
  });

  it('tells compositions apart that are not in proportion', () => {
    expect(identity('Li3PS4')).not.toBe(identity('Li3.000001PS4'));
  });
});

interface Row {
  readonly index: number;
  readonly logit: number;
  readonly formula: string;
}

/** Rows of few systems, with doubles in other words and ties. */
function rows(count: number, seed: number): Row[] {
  const random = createRandom(seed);
  const logits = new Map<string, number>();
  return Array.from({ length: count }, (_, index) => {
    const factor = 1 + randomInteger(random, 3);
    const partners = ['P', 'S', 'Cl', 'O'].slice(randomInteger(random, 3)).slice(0, 2);
    const formula = `Li${factor * (1 + randomInteger(random, 9))}${partners.map((p) => p + factor).join('')}`;
    const key = identity(formula);
    if (!logits.has(key)) logits.set(key, Math.fround(randomInteger(random, 12) / 7));
    return { index, logit: logits.get(key) as number, formula };
  });
}

const limits = { top: 12, perSystem: 5 };

/** By the definition: sort all rows, keep the first of equal compositions, then those within the limits. */
function naive(all: readonly Row[]): number[] {
  const seen = new Set<string>();
  const ofSystem = new Map<string, number>();
  const order = [...all].sort((a, b) => b.logit - a.logit || a.index - b.index);
  const kept = order.filter(({ formula }) => {
    const system = formatSystem(parseFormula(formula).atomicNumbers);
    const count = ofSystem.get(system) ?? 0;
    if (seen.has(identity(formula)) || count === limits.perSystem) return false;
    seen.add(identity(formula));
    ofSystem.set(system, count + 1);
    return true;
  });
  return kept.slice(0, limits.top).map(({ index }) => index);
}

function best(part: readonly Row[]) {
  const list = new DistinctBest(limits);
  for (const { index, logit, formula } of part) list.offer(index, logit, () => formula);
  return list.ranked();
}

describe('the best distinct compositions', () => {
  it('are those of a sort of everything, also of more rows than are gathered at once', () => {
    for (const [count, seed] of [
      [50, 1],
      [500, 2],
      [12_000, 3],
    ])
      expect([...best(rows(count, seed)).indices]).toEqual(naive(rows(count, seed)));
  });

  it.each([2, 7, 100])('are the same merged from %i parts in any order', (parts) => {
    for (let seed = 0; seed < 20; seed++) {
      const all = rows(400, seed);
      const size = Math.ceil(all.length / parts);
      const bests = Array.from({ length: parts }, (_, i) => best(all.slice(i * size, (i + 1) * size)));
      const merged = new DistinctBest(limits);
      for (const part of shuffle(bests, createRandom(seed))) merged.add(part);
      expect(merged.ranked()).toEqual(best(all));
    }
  });
});
