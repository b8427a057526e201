import { describe, expect, it } from 'vitest';
import { type Composition, formatSystem } from '../../shared/chemistry/formula.ts';
import { TopK } from '../../shared/screen/top-k.ts';
import { compositionAt } from '../../shared/space/rank.ts';
import { buildSpace } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';
import { checkRanked, checkSample } from '../../shared/verify/verify-sample.ts';

const space = buildSpace(
  parseSpace(
    JSON.stringify({
      name: 'test',
      mobileIon: 'Li',
      elements: ['O', 'P', 'S', 'Cl', 'Ge'],
      anions: ['O', 'S', 'Cl'],
      arity: [3, 4],
      maxCoefficient: 6,
    }),
    'test',
  ),
);
const limits = { top: 40, perSystem: 5 };

/** Any function of a composition that has few ties. */
const score = ({ atomicNumbers, amounts }: Composition): number =>
  Math.sin(atomicNumbers.reduce((sum, z, i) => sum + z * amounts[i] ** 2, 0));

/** The ranking by that score. */
function ranked(rescore = score) {
  const bySystem = new Map<string, TopK>();
  for (let index = 0; index < space.compositions; index++) {
    const composition = compositionAt(space, index);
    const system = formatSystem(composition.atomicNumbers);
    const best = bySystem.get(system) ?? new TopK(limits.perSystem);
    bySystem.set(system, best);
    best.offer(index, Math.fround(rescore(composition)));
  }
  const all = new TopK(limits.top);
  for (const best of bySystem.values()) best.drainInto(all);
  return all.ranked();
}

describe('a sample of a screened space', () => {
  it.each([1, 2, 3])('has nothing to say against a right ranking (seed %i)', (seed) => {
    const outcome = checkSample({ space, limits, best: ranked() }, 400, seed, score);
    expect(outcome.problems).toEqual([]);
    expect(outcome.ranked).toBe(limits.top);
    expect(outcome.others).toBeGreaterThan(100);
    expect(outcome.largest).toBeLessThan(1e-6);
  });

  it('names a ranked composition whose logit is another', () => {
    const best = ranked();
    best.logits[7] += 0.001;
    const { problems } = checkSample({ space, limits, best }, 400, 1, score);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/is ranked with logit .*, which is .* anew/);
  });

  it('notices that the ranking is that of another score', () => {
    const { problems } = checkSample({ space, limits, best: ranked((c) => -score(c)) }, 400, 1, score);
    expect(problems.some((problem) => problem.includes('is not ranked, and its logit'))).toBe(true);
  });

  it('notices that the systems are others than those of the definition', () => {
    const systems = Uint8Array.from(space.systems, (z) => (z === 8 ? 16 : z === 16 ? 8 : z));
    const { problems } = checkSample({ space: { ...space, systems }, limits, best: ranked() }, 400, 1, score);
    expect(problems.some((problem) => problem.includes('is not in the space') || problem.includes('is listed'))).toBe(
      true,
    );
  });
});

it('is content with a logit as far off as float32 may be, and no farther', () => {
  const compositions = [{ atomicNumbers: [3, 8], amounts: [2, 1] }];
  expect(checkRanked(compositions, [1 + 1e-5], [0], () => 1).problems).toEqual([]);
  expect(checkRanked(compositions, [1 + 1e-4], [0], () => 1).problems).toHaveLength(1);
  expect(checkRanked(compositions, [Number.NaN], [0], () => 1).problems).toHaveLength(1);
});
