import { atomicNumber } from '../../chemistry/elements.ts';
import { InputError, type Place } from '../../errors.ts';
import { parseBoundedJson } from '../../json.ts';
import { inverseLattice, transform } from '../lattice.ts';
import { createStructure, type Structure } from '../structure.ts';

const REMEDY =
  'Give an OPTIMADE structure: id and attributes with lattice_vectors, cartesian_site_positions and species_at_sites.';

/** The identifier of an OPTIMADE resource, or undefined where a value is none. */
export function optimadeId(resource: unknown): string | undefined {
  const id = isObject(resource) ? resource.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}

/**
 * The resources in a parsed JSON value: a structure itself, an array of them or a JSON:API response `{data: …}`. The
 * header line of an OPTIMADE JSON Lines file (`{"x-optimade": …}`) and its property definitions hold none.
 */
export function optimadeResources(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [value];
  if ('x-optimade' in value || value.type === 'info') return [];
  if (!('data' in value)) return [value];
  return Array.isArray(value.data) ? value.data : [value.data];
}

/**
 * JSON text as a value.
 *
 * @throws {InputError} that says where it stops to be JSON
 */
export function parseJson(text: string, place: Place): unknown {
  try {
    return parseBoundedJson(text);
  } catch (error) {
    const { message } = error as Error;
    const end = text.length > 40 ? `…${text.slice(-40)}` : text;
    throw new InputError(
      `is no valid JSON (${message.slice(0, 200)}); it ends with ${JSON.stringify(end)}`,
      { ...place, line: place.line ?? lineOfError(message, text) },
      'The file may be cut off or damaged: fetch it again.',
      { cause: error },
    );
  }
}

/** The line of a JSON text that an engine's message points to, or undefined if it names no position. */
function lineOfError(message: string, text: string): number | undefined {
  const position = /end of JSON/.test(message) ? text.length : /at position (\d+)/.exec(message)?.[1];
  return position === undefined ? undefined : text.slice(0, Number(position)).trimEnd().split('\n').length;
}

/**
 * A structure from an OPTIMADE resource object. Names in `species_at_sites` refer to `species`, whose chemical symbols
 * share the site with their concentrations ("vacancy" leaves its part empty); without `species` they are symbols.
 *
 * @throws {InputError} naming the place, the key and the value that is not usable
 * @see https://www.optimade.org/specification, section "Structures entries"
 */
export function readOptimade(resource: unknown, place: Place): Structure {
  const id = optimadeId(resource) ?? `${place.file}:${place.line}`;
  const fail: Fail = (key, problem) => {
    throw new InputError(`structure ${id}: ${problem}`, { ...place, column: key }, REMEDY);
  };
  const attributes = isObject(resource) ? resource.attributes : undefined;
  if (!isObject(attributes)) return fail('attributes', 'there are no attributes');
  const features = attributes.structure_features;
  if (Array.isArray(features) && features.some((name) => name === 'implicit_atoms' || name === 'site_attachments'))
    fail('structure_features', `atoms without positions (${features.join(', ')}) cannot be used`);
  const lattice = vectors(attributes.lattice_vectors, 'lattice_vectors', fail);
  const positions = vectors(attributes.cartesian_site_positions, 'cartesian_site_positions', fail);
  const names = attributes.species_at_sites;
  if (!Array.isArray(names)) return fail('species_at_sites', 'is no list');
  if (names.length * 3 !== positions.length)
    fail('species_at_sites', `lists ${names.length} sites, and there are ${positions.length / 3} positions`);
  if (typeof attributes.nsites === 'number' && attributes.nsites !== names.length)
    fail('nsites', `is ${attributes.nsites}, and ${names.length} sites are listed`);
  return createStructure({ id, lattice, ...occupants(names, positions, lattice, attributes.species, fail) }, place);
}

type Fail = (key: string, problem: string) => never;

/** One element on a site. */
interface Occupant {
  readonly z: number;
  readonly occupancy: number;
}

function occupants(
  names: readonly unknown[],
  positions: Float64Array,
  lattice: Float64Array,
  species: unknown,
  fail: Fail,
): { atomicNumbers: number[]; fractional: number[]; occupancies: number[]; sites: number[] } {
  const inverse = inverseLattice(lattice); // not finite for a cell without volume, which createStructure refuses by name
  const known = speciesByName(species, fail);
  const result = { atomicNumbers: [], fractional: [], occupancies: [], sites: [] } as ReturnType<typeof occupants>;
  for (let site = 0; site < names.length; site++) {
    const name = names[site];
    if (!known.has(name)) known.set(name, [{ z: element(name, 'species_at_sites', fail), occupancy: 1 }]);
    const position = transform(positions[3 * site], positions[3 * site + 1], positions[3 * site + 2], inverse);
    for (const { z, occupancy } of known.get(name) ?? []) {
      result.atomicNumbers.push(z);
      result.fractional.push(...position);
      result.occupancies.push(occupancy);
      result.sites.push(site);
    }
  }
  return result;
}

function speciesByName(species: unknown, fail: Fail): Map<unknown, readonly Occupant[]> {
  const known = new Map<unknown, readonly Occupant[]>();
  if (species === undefined || species === null) return known;
  if (!Array.isArray(species)) return fail('species', 'is no list');
  for (const entry of species) {
    const { name, chemical_symbols: symbols, concentration } = isObject(entry) ? entry : {};
    if (typeof name !== 'string' || !Array.isArray(symbols) || !Array.isArray(concentration))
      return fail('species', `${shown(entry)} lacks a name, chemical_symbols or concentration`);
    if (symbols.length !== concentration.length)
      fail('species', `${name} has ${symbols.length} symbols and ${concentration.length} concentrations`);
    known.set(name, held(symbols, concentration, fail));
  }
  return known;
}

function held(symbols: readonly unknown[], concentration: readonly unknown[], fail: Fail): Occupant[] {
  return symbols.flatMap((symbol, i) => {
    const occupancy = concentration[i];
    if (typeof occupancy !== 'number') return fail('species', `the concentration ${shown(occupancy)} is no number`);
    if (symbol === 'vacancy' || occupancy === 0) return [];
    return [{ z: element(symbol, 'species', fail), occupancy }];
  });
}

function element(symbol: unknown, key: string, fail: Fail): number {
  const z = typeof symbol === 'string' ? atomicNumber(symbol === 'D' ? 'H' : symbol) : undefined;
  return z ?? fail(key, `${shown(symbol)} is no known element`);
}

/** Rows of three numbers, flattened. */
function vectors(rows: unknown, key: string, fail: Fail): Float64Array {
  if (!Array.isArray(rows)) return fail(key, 'is no list of vectors');
  const flat = new Float64Array(3 * rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!Array.isArray(row) || row.length !== 3 || !row.every((value) => Number.isFinite(value)))
      return fail(key, `entry ${i + 1}, ${shown(row)}, is not three numbers`);
    flat.set(row, 3 * i);
  }
  return flat;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 80);
}
