import { type Composition, composition } from '../chemistry/formula.ts';
import { createRandom, type Random, randomInteger, randomNormal } from '../random.ts';

const MAX_ELEMENTS = 7;
const SPREAD = 0.25; // standard deviation of the logarithm of a changed amount
const DOPANT = 0.3; // largest share of an element that a partial substitution replaces

/**
 * Compositions near given ones, with fractional amounts as doped crystals have them: each is one of them, or a mixture of two,
 * with one or two random changes (an element replaced, or replaced in part, or its amount scaled). Every one has the mobile ion and an anion.
 *
 * @param originals compositions with the mobile ion and an anion
 * @param elements atomic numbers to choose further elements from; what occurs more often is chosen more often
 * @param anions atomic numbers that count as anions: anions replace anions, other elements others
 */
export function compositionsNear(
  originals: readonly Composition[],
  elements: readonly number[],
  mobileIon: number,
  anions: ReadonlySet<number>,
  count: number,
  seed: number,
): Composition[] {
  const random = createRandom(seed);
  const others = elements.filter((z) => z !== mobileIon);
  const made: Composition[] = [];
  while (made.length < count) {
    let amounts = toFractions(pick(originals, random));
    if (random() < 0.3) amounts = mix(amounts, toFractions(pick(originals, random)), random());
    const changes = randomInteger(random, 3);
    for (let i = 0; i < changes; i++) amounts = change(amounts, others, mobileIon, anions, random);
    const keys = [...amounts.keys()];
    if (keys.length <= MAX_ELEMENTS && keys.some((z) => anions.has(z)))
      made.push(composition(keys, [...amounts.values()]));
  }
  return made;
}

type Fractions = ReadonlyMap<number, number>;

function toFractions({ atomicNumbers, amounts }: Composition): Fractions {
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  return new Map(atomicNumbers.map((z, e) => [z, amounts[e] / total]));
}

function mix(a: Fractions, b: Fractions, share: number): Fractions {
  return new Map(
    [...new Set([...a.keys(), ...b.keys()])].map((z) => [z, (1 - share) * (a.get(z) ?? 0) + share * (b.get(z) ?? 0)]),
  );
}

function change(
  amounts: Fractions,
  others: readonly number[],
  mobileIon: number,
  anions: ReadonlySet<number>,
  random: Random,
): Fractions {
  const changed = new Map(amounts);
  const z = pick([...amounts.keys()], random);
  const amount = amounts.get(z) as number;
  if (z === mobileIon || random() < 0.4) return changed.set(z, amount * Math.exp(SPREAD * randomNormal(random)));
  const alike = others.filter((other) => anions.has(other) === anions.has(z) && other !== z);
  if (alike.length === 0) return changed;
  const replacement = pick(alike, random);
  const replaced = amount * (random() < 0.5 ? 1 : DOPANT * random());
  changed.set(replacement, (changed.get(replacement) ?? 0) + replaced);
  if (replaced === amount) changed.delete(z);
  else changed.set(z, amount - replaced);
  return changed;
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[randomInteger(random, items.length)];
}
