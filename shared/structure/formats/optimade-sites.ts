import { atomicNumber, SYMBOLS } from '../../chemistry/elements.ts';
import { MAX_OCCUPANTS } from '../../limits.ts';
import { intoCell, sharedSites } from '../coincidence.ts';
import { inverseLattice, transform } from '../lattice.ts';

/** Refuses a structure for the value of a key. @param remedy what to do, if it is not to give an OPTIMADE structure */
export type Fail = (key: string | undefined, problem: string, remedy?: string) => never;

/** One element on a site. */
interface Occupant {
  readonly z: number;
  readonly occupancy: number;
}

/** Attributes of a structure, as they come. */
type Attributes = Readonly<Record<string, unknown>>;

/** Atoms as `createStructure` takes them. */
interface Atoms {
  readonly atomicNumbers: number[];
  readonly fractional: number[];
  readonly occupancies: number[];
  readonly sites: number[];
}

/** Probabilities of the groups of an assembly are published with two or three decimals. */
const PROBABILITY_TOLERANCE = 0.011;

/**
 * The atoms at the sites of a structure, each with its occupancy.
 *
 * @param lattice shape (3, 3) row-major, Å
 */
export function occupants(attributes: Attributes, lattice: Float64Array, fail: Fail): Atoms {
  const positions = vectors(attributes.cartesian_site_positions, 'cartesian_site_positions', fail);
  const names = siteNames(attributes, positions.length / 3, fail);
  const species = speciesAt(names, attributes.species, fail);
  refuseMissing(names, species, attributes.elements, fail);
  const probabilities = siteProbabilities(attributes.assemblies, names.length, fail);
  const fractional = fractionalPositions(positions, lattice);
  const result: Atoms = { atomicNumbers: [], fractional: [], occupancies: [], sites: [] };
  for (let site = 0; site < names.length; site++) {
    for (const { z, occupancy } of species.get(names[site]) ?? []) {
      if (probabilities[site] === 0) continue;
      result.atomicNumbers.push(z);
      result.fractional.push(...fractional.subarray(3 * site, 3 * site + 3));
      result.occupancies.push(occupancy * probabilities[site]);
      result.sites.push(site);
    }
  }
  if (result.occupancies.every((occupancy) => occupancy === 1) || !fractional.every(Number.isFinite)) return result;
  const shared = sharedSites(fractional.map(intoCell), lattice);
  return { ...result, sites: result.sites.map((site) => shared[site]) };
}

function siteNames({ species_at_sites: names, nsites }: Attributes, positions: number, fail: Fail): readonly unknown[] {
  if (!Array.isArray(names)) return fail('species_at_sites', 'is no list');
  if (names.length !== positions)
    fail('species_at_sites', `lists ${names.length} sites, and there are ${positions} positions`);
  if (names.length > MAX_OCCUPANTS)
    fail('species_at_sites', `lists ${names.length} sites, more than ${MAX_OCCUPANTS}`, 'Give the primitive cell.');
  if (typeof nsites === 'number' && nsites !== names.length)
    fail('nsites', `is ${nsites}, and ${names.length} sites are listed`);
  return names;
}

/** Not finite for a cell without volume, which `createStructure` refuses by name. */
function fractionalPositions(positions: Float64Array, lattice: Float64Array): Float64Array {
  const inverse = inverseLattice(lattice);
  const fractional = new Float64Array(positions.length);
  for (let i = 0; i < positions.length; i += 3)
    fractional.set(transform(positions[i], positions[i + 1], positions[i + 2], inverse), i);
  return fractional;
}

/** What the names at sites stand for: a species, or a symbol where no species has the name. */
function speciesAt(names: readonly unknown[], species: unknown, fail: Fail): Map<unknown, readonly Occupant[]> {
  const known = speciesByName(species, fail);
  for (const name of new Set(names))
    if (!known.has(name)) known.set(name, [{ z: element(name, 'species_at_sites', fail), occupancy: 1 }]);
  return known;
}

function speciesByName(species: unknown, fail: Fail): Map<unknown, readonly Occupant[]> {
  const known = new Map<unknown, readonly Occupant[]>();
  if (species === undefined || species === null) return known;
  if (!Array.isArray(species)) return fail('species', 'is no list');
  for (const entry of species) {
    const { name, held } = readSpecies(entry, fail);
    if (known.has(name) && JSON.stringify(known.get(name)) !== JSON.stringify(held))
      fail('species', `${name} is given twice, otherwise`);
    known.set(name, held);
  }
  return known;
}

function readSpecies(entry: unknown, fail: Fail): { name: string; held: Occupant[] } {
  const { name, chemical_symbols: symbols, concentration, attached } = isObject(entry) ? entry : {};
  if (typeof name !== 'string' || !Array.isArray(symbols) || !Array.isArray(concentration))
    return fail('species', `${asJson(entry)} lacks a name, chemical_symbols or concentration`);
  if (symbols.length !== concentration.length)
    fail('species', `${name} has ${symbols.length} symbols and ${concentration.length} concentrations`);
  if (Array.isArray(attached) && attached.length > 0)
    fail('species', `${name} has atoms attached (${attached.join(', ')}) that have no positions`, PLACE_ALL);
  return { name, held: heldBy(symbols, concentration, fail) };
}

const PLACE_ALL = 'Give the position of every atom of the cell.';

function heldBy(symbols: readonly unknown[], concentration: readonly unknown[], fail: Fail): Occupant[] {
  return symbols.flatMap((symbol, i) => {
    const occupancy = concentration[i];
    if (typeof occupancy !== 'number') return fail('species', `the concentration ${asJson(occupancy)} is no number`);
    if (symbol === 'vacancy' || occupancy === 0) return [];
    return [{ z: element(symbol, 'species', fail), occupancy }];
  });
}

function element(symbol: unknown, key: string, fail: Fail): number {
  const z = typeof symbol === 'string' ? atomicNumber(symbol === 'D' ? 'H' : symbol) : undefined;
  return z ?? fail(key, `${asJson(symbol)} is no known element`);
}

/** Every element that is listed, by itself or in a species, is at some site: others would be atoms without positions. */
function refuseMissing(
  names: readonly unknown[],
  species: ReadonlyMap<unknown, readonly Occupant[]>,
  elements: unknown,
  fail: Fail,
): void {
  const placed = new Set(names.flatMap((name) => species.get(name) ?? []).map(({ z }) => z));
  const listed = Array.isArray(elements) ? elements.map((symbol) => element(symbol, 'elements', fail)) : [];
  const refuse = (key: string, z: number): void => {
    if (!placed.has(z)) fail(key, `${SYMBOLS[z]} is listed, and at no site`, PLACE_ALL);
  };
  for (const z of listed) refuse('elements', z);
  for (const { z } of [...species.values()].flat()) refuse('species', z);
}

/**
 * The probability that a site is there, by the groups of `assemblies`: 1 for a site of no group.
 *
 * @see https://www.optimade.org/specification, section "assemblies"
 */
function siteProbabilities(assemblies: unknown, sites: number, fail: Fail): Float64Array {
  const result = new Float64Array(sites).fill(1);
  if (assemblies === undefined || assemblies === null) return result;
  if (!Array.isArray(assemblies)) return fail('assemblies', 'is no list');
  const grouped = new Set<number>();
  for (const [site, probability] of assemblies.flatMap((assembly) => groupedSites(assembly, fail))) {
    if (!Number.isInteger(site) || site < 0 || site >= sites)
      fail('assemblies', `a group names the site ${asJson(site)}, and there are 0 to ${sites - 1}`);
    if (grouped.has(site)) fail('assemblies', `the site ${site} is in two groups`);
    grouped.add(site);
    result[site] = probability;
  }
  return result;
}

/** The sites of one assembly, each with the probability of its group; not yet checked whether there are such sites. */
function groupedSites(assembly: unknown, fail: Fail): (readonly [site: number, probability: number])[] {
  const { sites_in_groups: groups, group_probabilities: probabilities } = isObject(assembly) ? assembly : {};
  if (!Array.isArray(groups) || !Array.isArray(probabilities) || groups.length !== probabilities.length)
    return fail('assemblies', `${asJson(assembly)} lacks sites_in_groups and as many group_probabilities`);
  const wrong = probabilities.find((value) => !(typeof value === 'number' && value >= 0 && value <= 1));
  if (wrong !== undefined) fail('assemblies', `the probability ${asJson(wrong)} is not between 0 and 1`);
  const sum = probabilities.reduce((total, value) => total + value, 0);
  if (sum > 1 + PROBABILITY_TOLERANCE) fail('assemblies', `the probabilities of the groups sum to ${sum}`);
  return groups.flatMap((group, i) => {
    if (!Array.isArray(group)) return fail('assemblies', `the group ${asJson(group)} is no list`);
    return group.map((site) => [site, probabilities[i]] as const);
  });
}

/** Rows of three numbers, flattened. */
export function vectors(rows: unknown, key: string, fail: Fail): Float64Array {
  if (!Array.isArray(rows)) return fail(key, 'is no list of vectors');
  const flat = new Float64Array(3 * rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!Array.isArray(row) || row.length !== 3 || !row.every((value) => Number.isFinite(value)))
      return fail(key, `entry ${i + 1}, ${asJson(row)}, is not three numbers`);
    flat.set(row, 3 * i);
  }
  return flat;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value for a message. */
export function asJson(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 80);
}
