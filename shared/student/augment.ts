import { type Composition, composition, formatFormula, reduced } from '../chemistry/formula.ts';
import { InputError } from '../errors.ts';
import { createRandom, type Random, randomInteger } from '../random.ts';
import type { ElementFeatures } from './element-features.ts';

const REPLACED = 0.5; // share of the elements that another one replaces
const RESCALED = 0.15; // share of the amounts that change
const ADDED = 0.1; // share of the compositions that get a further element
const MAX_ADDED = 6; // largest amount of that
const MAX_ELEMENTS = 7;
const SIMILARITY = 0.7; // root mean square distance of properties, in standard deviations, at which a replacement gets rare
const MAX_FAILURES = 10_000; // draws in a row that give nothing new; then there is next to nothing left to find

/**
 * Compositions near given ones, as training material that a slower model labels: each is a copy of one of them in which
 * half of the elements are replaced by elements like them and some amounts are a little larger or smaller. The mobile ion stays, an anion
 * is replaced by an anion, and no composition is made twice or equals a given one.
 *
 * @param originals compositions with the mobile ion and an anion
 * @param favoured those of the originals that every other copy is of
 * @param anions atomic numbers that count as anions
 * @param count how many to make
 * @throws {InputError} if so many cannot be made from the originals
 */
export function augmentCompositions(
  originals: readonly Composition[],
  favoured: readonly Composition[],
  features: ElementFeatures,
  mobileIon: number,
  anions: ReadonlySet<number>,
  count: number,
  seed: number,
): Composition[] {
  const random = createRandom(seed);
  const replacements = replacementTable(originals, features, mobileIon, anions);
  const seen = new Set(originals.map(formatFormula));
  const made: Composition[] = [];
  let failures = 0;
  while (made.length < count) {
    if (failures++ === MAX_FAILURES) throw exhausted(originals.length, made.length, count);
    const candidate = vary(random() < 0.5 ? favoured : originals, originals, replacements, random);
    const formula = formatFormula(candidate);
    if (seen.has(formula)) continue;
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

/** A copy with random changes; it may be an original. */
function vary(
  copied: readonly Composition[],
  originals: readonly Composition[],
  replacements: Replacements,
  random: Random,
): Composition {
  const { atomicNumbers, amounts } = pick(copied, random);
  const counts = new Map<number, number>();
  atomicNumbers.forEach((z, i) => {
    const amount = random() < RESCALED ? rescaled(amounts[i], random) : amounts[i];
    const element = random() < REPLACED ? replacementOf(z, replacements, random) : z;
    counts.set(element, (counts.get(element) ?? 0) + amount);
  });
  if (random() < ADDED) {
    const added = pick(pick(originals, random).atomicNumbers, random);
    if (!counts.has(added) && counts.size < MAX_ELEMENTS) counts.set(added, 1 + randomInteger(random, MAX_ADDED));
  }
  return reduced(composition([...counts.keys()], [...counts.values()]));
}

/** Up to a quarter more or less, at least by 1. */
function rescaled(amount: number, random: Random): number {
  const change = 1 + randomInteger(random, Math.max(1, Math.ceil(amount / 4)));
  return random() < 0.5 && amount > change ? amount - change : amount + change;
}

/** For each atomic number: what may replace it, with cumulative weights. */
type Replacements = ReadonlyMap<number, { readonly elements: readonly number[]; readonly cumulative: Float64Array }>;

/**
 * Elements replace each other the more often the more alike their properties are, and the more originals have the new
 * one. The mobile ion neither is replaced nor replaces; nor does an anion replace another element.
 */
function replacementTable(
  originals: readonly Composition[],
  features: ElementFeatures,
  mobileIon: number,
  anions: ReadonlySet<number>,
): Replacements {
  const counts = new Map<number, number>();
  for (const { atomicNumbers } of originals) for (const z of atomicNumbers) counts.set(z, (counts.get(z) ?? 0) + 1);
  counts.delete(mobileIon);
  const known = [...counts].sort(([a], [b]) => a - b);
  return new Map(
    known.map(([z]) => {
      const others = known.filter(([other]) => other !== z && anions.has(other) === anions.has(z));
      let total = 0;
      const cumulative = Float64Array.from(others, ([other, count]) => {
        total += Math.sqrt(count) * Math.exp(-squaredDistance(features, z, other) / (2 * SIMILARITY ** 2));
        return total;
      });
      return [z, { elements: others.map(([other]) => other), cumulative }];
    }),
  );
}

function replacementOf(z: number, replacements: Replacements, random: Random): number {
  const choice = replacements.get(z);
  if (choice === undefined || choice.elements.length === 0) return z;
  const { elements, cumulative } = choice;
  const drawn = random() * cumulative[cumulative.length - 1];
  return elements[
    Math.max(
      0,
      cumulative.findIndex((sum) => sum > drawn),
    )
  ];
}

/** Mean over the properties of the squared difference of two elements. */
function squaredDistance({ names, values, rowByAtomicNumber }: ElementFeatures, a: number, b: number): number {
  const [rowA, rowB] = [rowByAtomicNumber[a], rowByAtomicNumber[b]];
  const squares = names.map((_, j) => (values[rowA * names.length + j] - values[rowB * names.length + j]) ** 2);
  return squares.reduce((sum, square) => sum + square, 0) / names.length;
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[randomInteger(random, items.length)];
}
