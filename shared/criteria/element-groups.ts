import { atomicNumber, commonOxidationStates, elementProperty, MAX_ATOMIC_NUMBER } from '../chemistry/elements.ts';
import { PRICE } from './prices.ts';

/** A named group of elements that chemists leave out together. */
export interface ElementGroup {
  readonly name: string;
  readonly atomicNumbers: readonly number[]; // ascending
  readonly definition: string; // with its source
}

/** US dollars per kilogram above which an element is costly. All precious metals are, silver with the least. */
const COSTLY_PRICE = 500;

/** The stable nuclide of this element is the heaviest one: 209Bi lives for 2e19 years. */
const LAST_STABLE = 83;

/*
 * Carcinogenic to humans (IARC group 1) as an element together with its compounds: As, Be, Cd (IARC Monographs 100C, 2012).
 * Compounds classified as a group, by Annex VI of Regulation (EC) 1272/2008, as fatal or as toxic to reproduction of
 * category 1A: Hg, Tl, U; Pb.
 */
const TOXIC = ['Be', 'As', 'Cd', 'Hg', 'Tl', 'Pb', 'U'];

/*
 * One common state in the table, and yet the metals of lithium electrodes, by the couples Ti(III/IV), V(III/IV/V),
 * Ni(II/III/IV) and Cu(I/II): Whittingham, Chem. Rev. 104, 4271 (2004), doi:10.1021/cr020731c.
 */
const ELECTRODE_METALS = ['Ti', 'V', 'Ni', 'Cu'];

const GROUP = elementProperty('group');
const FIRST_GROUP = 3;
const LAST_GROUP = 11; // an incomplete d shell in the element or an ion, IUPAC Gold Book, doi:10.1351/goldbook.T06456

function isTransitionMetal(z: number): boolean {
  const isInner = (z >= 57 && z <= 71) || (z >= 89 && z <= 103); // lanthanoids and actinoids
  return GROUP[z] >= FIRST_GROUP && GROUP[z] <= LAST_GROUP && !isInner;
}

const ELEMENTS = Array.from({ length: MAX_ATOMIC_NUMBER }, (_, i) => i + 1);
const numbersOf = (symbols: readonly string[]): number[] => symbols.map((symbol) => atomicNumber(symbol) as number);
const [TECHNETIUM, PROMETHIUM] = numbersOf(['Tc', 'Pm']);

/** Groups of elements, in the order in which they are asked. */
export const ELEMENT_GROUPS: readonly ElementGroup[] = [
  {
    name: 'toxic',
    atomicNumbers: numbersOf(TOXIC).sort((a, b) => a - b),
    definition:
      'Carcinogenic to humans as an element with its compounds (IARC Monographs 100C, 2012: Be, As, Cd), or compounds fatal ' +
      'or toxic to reproduction (Regulation (EC) 1272/2008, Annex VI: Hg, Tl, Pb, U). Ni and Cr are not: it depends on the state.',
  },
  {
    name: 'radioactive',
    atomicNumbers: ELEMENTS.filter((z) => z > LAST_STABLE || z === TECHNETIUM || z === PROMETHIUM),
    definition: 'No stable nuclide: NUBASE2020, doi:10.1088/1674-1137/abddae; Bi counts as stable.',
  },
  {
    name: 'costly',
    atomicNumbers: ELEMENTS.filter((z) => PRICE[z] > COSTLY_PRICE),
    definition: `More than ${COSTLY_PRICE} US$ per kilogram of the element (Wikipedia, "Prices of chemical elements", 2019 to 2020).`,
  },
  {
    name: 'multivalent-transition-metals',
    atomicNumbers: ELEMENTS.filter(
      (z) => isTransitionMetal(z) && (commonOxidationStates(z).length > 1 || numbersOf(ELECTRODE_METALS).includes(z)),
    ),
    definition:
      'Transition metals (groups 3 to 11) with more than one common oxidation state in the element table, and Ti, V, Ni, Cu, ' +
      'the metals of lithium electrodes (doi:10.1021/cr020731c): mixed valence conducts electrons.',
  },
];

/** Atomic numbers that a name of `exclude` stands for. */
export function elementsOf(name: string): readonly number[] {
  return ELEMENT_GROUPS.find((group) => group.name === name)?.atomicNumbers ?? [atomicNumber(name) as number];
}
