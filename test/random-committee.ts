import { atomicNumber } from '../shared/chemistry/elements.ts';
import { type Composition, composition } from '../shared/chemistry/formula.ts';
import type { Calibration } from '../shared/committee/calibration.ts';
import { type CommitteePart, committeeTable } from '../shared/committee/committee.ts';
import { exportCommittee } from '../shared/committee/committee-graph.ts';
import { ForestGrower } from '../shared/learning/forest.ts';
import type { Tree } from '../shared/learning/regression-tree.ts';
import { COMMITTEE_SCHEMA } from '../shared/models/committee-session.ts';
import { createRandom, randomInteger, shuffle } from '../shared/random.ts';
import { elementFeatures } from '../shared/student/element-features.ts';
import { studentMetadata } from './random-student.ts';

const LITHIUM = atomicNumber('Li') as number;
const PARTS: readonly CommitteePart[] = [
  { trees: 6, featureShare: 0.5, minimumLeaf: 1, extraRandom: true },
  { trees: 5, featureShare: 0.3, minimumLeaf: 2 },
];

export const SOME_CALIBRATION: Calibration = {
  probability: { x: [0, 0.1, 0.4, 1], y: [0, 0.02, 0.5, 1] },
  deviation: { x: [0, 0.05, 0.5], y: [0, 0.2, 0.5] },
};

/** Metadata of a committee that goes with the students of `random-student.ts`. */
export function committeeMetadata(symbols: readonly string[], labelsHash = '1'.repeat(64)): Record<string, string> {
  return { ...studentMetadata(symbols, labelsHash), schema: COMMITTEE_SCHEMA };
}

/** Random compositions with lithium, of two to seven elements. */
export function randomCompositions(symbols: readonly string[], count: number, seed: number): Composition[] {
  const random = createRandom(seed);
  const others = symbols.filter((symbol) => symbol !== 'Li').map((symbol) => atomicNumber(symbol) as number);
  return Array.from({ length: count }, () => {
    const partners = shuffle([...others], random).slice(0, 1 + randomInteger(random, 6));
    const numbers = [LITHIUM, ...partners];
    return composition(
      numbers,
      numbers.map(() => 1 + randomInteger(random, 12)),
    );
  });
}

/** Eleven trees that have learned something random. */
export function randomMembers(symbols: readonly string[], seed = 1): Tree[] {
  const learned = randomCompositions(symbols, 800, seed);
  const random = createRandom(seed + 1);
  const targets = Float64Array.from(learned, ({ amounts }) => (amounts[0] > 6 ? random() : 0.1 * random()));
  const table = committeeTable(elementFeatures(symbols), learned, LITHIUM);
  return PARTS.flatMap(({ trees, ...part }) => {
    const grower = new ForestGrower(table, targets, { ...part, trees, seed });
    return Array.from({ length: trees }, () => grower.grow());
  });
}

/** Bytes of a real committee of random trees, for tests that need scores but no chemistry. */
export function randomCommittee(symbols: readonly string[], seed = 1, labelsHash?: string): Uint8Array {
  return exportCommittee(
    {
      features: elementFeatures(symbols),
      members: randomMembers(symbols, seed),
      calibration: SOME_CALIBRATION,
      mobileIon: LITHIUM,
    },
    committeeMetadata(symbols, labelsHash),
  );
}
