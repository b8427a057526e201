import { type Composition, composition, formatFormula, reduced } from '../chemistry/formula.ts';
import { InputError } from '../errors.ts';
import { createRandom, type Random, randomInteger } from '../random.ts';

const MAX_AMOUNT = 12; // the largest amount that a change draws
const MAX_ELEMENTS = 7;
const MAX_FAILURES = 10_000; // draws in a row that give nothing new; then there is next to nothing left to find

/**
 * Compositions near given ones, as training material that a slower model labels: each is a copy of one of them with one
 * to three random changes (replace an element, change an amount, add or drop an element). The mobile ion and at least
 * one anion stay, and no composition is made twice or equals a given one.
 *
 * @param originals compositions with the mobile ion and an anion
 * @param anions atomic numbers that count as anions
 * @param count how many to make
 * @throws {InputError} if so many cannot be made from the originals
 */
export function augmentCompositions(
  originals: readonly Composition[],
  mobileIon: number,
  anions: ReadonlySet<number>,
  count: number,
  seed: number,
): Composition[] {
  const random = createRandom(seed);
  const pool = elementPool(originals, mobileIon);
  const seen = new Set(originals.map(formatFormula));
  const made: Composition[] = [];
  let failures = 0;
  while (made.length < count) {
    if (failures++ === MAX_FAILURES) throw exhausted(originals.length, made.length, count);
    const original = pick(originals, random);
    let current: Counts = new Map(original.atomicNumbers.map((z, e) => [z, original.amounts[e]]));
    const changes = 1 + randomInteger(random, 3);
    for (let i = 0; i < changes; i++) current = change(current, mobileIon, anions, pool, random);
    const candidate = reduced(composition([...current.keys()], [...current.values()]));
    const formula = formatFormula(candidate);
    if (seen.has(formula) || ![...current.keys()].some((z) => anions.has(z))) continue;
    seen.add(formula);
    made.push(candidate);
    failures = 0;
  }
  return made;
}

function exhausted(originals: number, found: number, count: number): InputError {
  return new InputError(
    `${originals} labelled compositions have only about ${found} others near them, and ${count} are to be made`,
    {},
    'Label structures of more elements and systems.',
  );
}

/** Elements other than the mobile ion, each as often as the square root of its number of compositions. */
function elementPool(originals: readonly Composition[], mobileIon: number): number[] {
  const counts = new Map<number, number>();
  for (const { atomicNumbers } of originals) {
    for (const z of atomicNumbers) counts.set(z, (counts.get(z) ?? 0) + 1);
  }
  counts.delete(mobileIon);
  return [...counts].sort(([a], [b]) => a - b).flatMap(([z, n]) => new Array<number>(Math.ceil(Math.sqrt(n))).fill(z));
}

type Counts = Map<number, number>;

function change(
  counts: Counts,
  mobileIon: number,
  anions: ReadonlySet<number>,
  pool: readonly number[],
  random: Random,
): Counts {
  const result = new Map(counts);
  const others = [...counts.keys()].filter((z) => z !== mobileIon);
  const draw = random();
  if (draw < 0.4) {
    const old = pick(others, random);
    const sameRole = pool.filter((z) => anions.has(z) === anions.has(old) && !counts.has(z));
    if (sameRole.length === 0) return result;
    result.set(pick(sameRole, random), counts.get(old) as number);
    result.delete(old);
  } else if (draw < 0.8) {
    result.set(pick([...counts.keys()], random), 1 + randomInteger(random, MAX_AMOUNT));
  } else if (draw < 0.93) {
    const added = pick(pool, random);
    if (!counts.has(added) && counts.size < MAX_ELEMENTS) result.set(added, 1 + randomInteger(random, MAX_AMOUNT));
  } else if (others.length > 1) {
    result.delete(pick(others, random));
  }
  return result;
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[randomInteger(random, items.length)];
}
