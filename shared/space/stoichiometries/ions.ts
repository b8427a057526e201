import { compareElements, ELECTRONEGATIVITY } from '../../chemistry/elements.ts';
import type { SpaceDefinition } from '../space-file.ts';

/**
 * The elements of a space that can be an ion in it, by ascending electronegativity, ties by atomic number.
 * A code stands for a list of states, so that elements with equal lists are interchangeable; 0 = no such state.
 */
export interface IonTable {
  readonly atomicNumbers: Uint8Array; // shape (ions,)
  readonly electronegativity: Float64Array; // shape (ions,)
  readonly cation: Uint8Array; // shape (ions,), code of the positive states
  readonly anion: Uint8Array; // shape (ions,), code of the negative states; 0 unless among the space's anions
  readonly both: Uint8Array; // shape (ions,), code of the pair of them
  readonly cationStates: readonly (readonly number[])[]; // by ion, ascending
  readonly anionStates: readonly (readonly number[])[]; // by ion, ascending
  readonly mobile: number; // row of the mobile ion, -1 if it can be no ion
}

const tables = new WeakMap<SpaceDefinition, IonTable>(); // looking up many compositions asks for the same table

/** Ions of a space. Elements without a tabulated electronegativity, and those without a usable state, are left out. */
export function ionTable(definition: SpaceDefinition): IonTable {
  const table = tables.get(definition) ?? newIonTable(definition);
  tables.set(definition, table);
  return table;
}

function newIonTable(definition: SpaceDefinition): IonTable {
  const { mobileIon, elements, anions, oxidationStates } = definition;
  const states = (z: number) => oxidationStates.get(z) ?? [];
  const positive = (z: number) => states(z).filter((state) => state > 0);
  const negative = (z: number) => (anions.includes(z) ? states(z).filter((state) => state < 0) : []);
  const ions = [mobileIon, ...elements]
    .filter((z) => !Number.isNaN(ELECTRONEGATIVITY[z]) && positive(z).length + negative(z).length > 0)
    .sort(compareElements);
  const cationStates = ions.map(positive);
  const anionStates = ions.map(negative);
  return {
    atomicNumbers: Uint8Array.from(ions),
    electronegativity: Float64Array.from(ions, (z) => ELECTRONEGATIVITY[z]),
    cation: codes(cationStates),
    anion: codes(anionStates),
    both: codes(ions.map((_, i) => [...cationStates[i], ...anionStates[i]])),
    cationStates,
    anionStates,
    mobile: ions.indexOf(mobileIon),
  };
}

/** A number per list, 0 for the empty one: ranks of the distinct lists, so that they depend on no order of elements. */
function codes(lists: readonly (readonly number[])[]): Uint8Array {
  const texts = lists.map((list) => list.join(' '));
  const distinct = ['', ...[...new Set(texts)].filter((text) => text !== '').sort()];
  return Uint8Array.from(texts, (text) => distinct.indexOf(text));
}
