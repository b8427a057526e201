import { ELECTRONEGATIVITY, oxidationStates } from '../chemistry/elements.ts';
import { type Composition, composition, formatFormula, reduced } from '../chemistry/formula.ts';
import { InputError } from '../errors.ts';
import { createRandom, type Random, randomInteger } from '../random.ts';

const ELEMENTS = { least: 3, most: 6 }; // of a composition
const MAX_AMOUNT = 8;
const TRIES = 20; // amounts drawn for one choice of elements
const MAX_FAILURES = 100_000; // choices in a row that give nothing new

/**
 * Random neutral compositions of given elements, as a screened space has them: the mobile ion, an anion and up to four
 * others with amounts up to 8, neutral in oxidation states of which the positive belong to the less electronegative elements.
 *
 * @param elements atomic numbers to choose from
 * @param anions atomic numbers that may be negative
 * @param known compositions that are not to be made
 * @param count how many to make, each once
 * @throws {InputError} if there are not so many
 */
export function drawNeutral(
  elements: readonly number[],
  mobileIon: number,
  anions: ReadonlySet<number>,
  known: readonly Composition[],
  count: number,
  seed: number,
): Composition[] {
  const random = createRandom(seed);
  const partners = elements.filter((z) => z !== mobileIon && !Number.isNaN(ELECTRONEGATIVITY[z]));
  const negative = partners.filter((z) => anions.has(z));
  const seen = new Set(known.map(formatFormula));
  const drawn: Composition[] = [];
  let failures = 0;
  while (drawn.length < count) {
    if (failures++ === MAX_FAILURES)
      throw new InputError(
        `the elements of the labels have only about ${drawn.length} neutral compositions, and ${count} are to be drawn`,
        {},
        'Label structures of more elements.',
      );
    const found = draw(partners, negative, mobileIon, anions, random);
    if (found === undefined) continue;
    const formula = formatFormula(found);
    if (seen.has(formula)) continue;
    seen.add(formula);
    drawn.push(found);
    failures = 0;
  }
  return drawn;
}

/** One draw; undefined if it is not neutral or no such composition. */
function draw(
  partners: readonly number[],
  negative: readonly number[],
  mobileIon: number,
  anions: ReadonlySet<number>,
  random: Random,
): Composition | undefined {
  const size = ELEMENTS.least + randomInteger(random, ELEMENTS.most - ELEMENTS.least + 1);
  const chosen = new Set([pick(negative, random), mobileIon]);
  for (let e = 2; e < size; e++) chosen.add(pick(partners, random));
  const elements = [...chosen];
  const charges = elements.map((z) => pick(oxidationStates(z), random));
  if (!areIons(elements, charges, anions)) return undefined;
  for (let t = 0; t < TRIES; t++) {
    const amounts = elements.map(() => 1 + randomInteger(random, MAX_AMOUNT));
    const others = amounts.reduce((sum, amount, e) => (e === 0 ? sum : sum + amount * charges[e]), 0);
    amounts[0] = -others / charges[0]; // what makes it neutral
    if (Number.isInteger(amounts[0]) && amounts[0] > 0 && amounts[0] <= MAX_AMOUNT)
      return reduced(composition(elements, amounts));
  }
  return undefined;
}

/** Whether the first element is negative, only anions are, and every positive element is less electronegative than every negative one. */
function areIons(elements: readonly number[], charges: readonly number[], anions: ReadonlySet<number>): boolean {
  let [highest, lowest] = [-Infinity, Infinity]; // electronegativity of positive and of negative elements
  for (let e = 0; e < elements.length; e++) {
    const chi = ELECTRONEGATIVITY[elements[e]];
    if (charges[e] > 0) highest = Math.max(highest, chi);
    else if (charges[e] < 0 && anions.has(elements[e])) lowest = Math.min(lowest, chi);
    else return false;
  }
  return charges[0] < 0 && highest < lowest;
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[randomInteger(random, items.length)];
}
