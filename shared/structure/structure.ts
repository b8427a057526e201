import { MAX_ATOMIC_NUMBER, SYMBOLS } from '../chemistry/elements.ts';
import { InputError, type Place } from '../errors.ts';
import { MAX_CELL_EDGE, MAX_OCCUPANTS } from '../limits.ts';
import { coincidentPairs, intoCell, nearestImage } from './coincidence.ts';
import { signedVolume, transform } from './lattice.ts';

/**
 * A crystal structure as a flat list of occupants. A fully ordered site has one occupant of occupancy 1; a disordered
 * one has several, or one of lower occupancy. Built by {@link createStructure}, which validates it.
 */
export interface Structure {
  readonly id: string; // database identifier or file name, used in every error message
  readonly lattice: Float64Array; // shape (3, 3) row-major: rows are the cell vectors a, b, c in Å
  readonly atomicNumbers: Uint8Array; // shape (occupants,)
  readonly fractional: Float64Array; // shape (occupants, 3) row-major, each in [0, 1)
  readonly occupancies: Float64Array; // shape (occupants,), each in (0, 1]
  readonly sites: Uint32Array; // shape (occupants,): occupants of equal site exclude each other
}

/** What {@link createStructure} is given: a {@link Structure} not yet checked. */
export interface StructureInput {
  readonly id: string;
  readonly lattice: ArrayLike<number>; // shape (3, 3) row-major, Å
  readonly atomicNumbers: ArrayLike<number>; // shape (occupants,)
  readonly fractional: ArrayLike<number>; // shape (occupants, 3) row-major, any cell
  readonly occupancies?: ArrayLike<number>; // shape (occupants,); default 1
  readonly sites?: ArrayLike<number>; // shape (occupants,); default every occupant its own
  readonly origin?: (occupant: number) => { readonly name: string; readonly line: number }; // for messages
}

/**
 * Whole atoms are not nearer than this (Å): the shortest bond, H–H, has 0.74 Å, and the nearest pair of 21,755 structures of the
 * Materials Project 0.746 Å.
 */
const NEAREST = 0.6;

/** Two whole atoms nearer than this (Å) are one atom written twice. */
const SAME_POSITION = 0.1;

/** Occupancies are published with two or three decimals, so 0.67 and 0.34 may stand for a full site. */
const SITE_TOLERANCE = 0.011 + 1e-9;

/** Smallest volume per cell (Å³) that is not taken for zero. */
const MIN_VOLUME = 1e-3;

/**
 * A validated structure. Coordinates are wrapped into [0, 1); the occupancies of a site whose sum exceeds 1 by rounding
 * are scaled to 1.
 *
 * @param place where the input stands, for messages
 * @throws {InputError} for a volume that is not positive, coordinates that are no numbers, no atoms, unknown elements,
 *   occupancies outside (0, 1], overfull sites, atoms written twice and whole atoms nearer than any two are
 */
export function createStructure(input: StructureInput, place: Place = {}): Structure {
  const fail: Fail = (problem, remedy, occupant) => {
    const line = occupant === undefined ? undefined : input.origin?.(occupant).line;
    throw new InputError(`structure ${input.id}: ${problem}`, { ...place, line: line ?? place.line }, remedy);
  };
  const name: Name = (i) => input.origin?.(i).name ?? `atom ${i + 1} (${SYMBOLS[input.atomicNumbers[i]]})`;
  const lattice = checkedLattice(input.lattice, fail);
  const atomicNumbers = checkedElements(input.atomicNumbers, fail);
  const count = atomicNumbers.length;
  const structure = {
    id: input.id,
    lattice,
    atomicNumbers,
    fractional: wrapped(input.fractional, count, name, fail),
    occupancies: checkedOccupancies(input.occupancies, count, name, fail),
    sites: Uint32Array.from(input.sites ?? Array.from({ length: count }, (_, i) => i)),
  };
  if (structure.sites.length !== count)
    fail(`has ${count} atoms and ${structure.sites.length} site numbers`, 'Give one site number per atom.');
  fillSites(structure, name, fail);
  rejectCrowding(structure, name, fail);
  return structure;
}

type Fail = (problem: string, remedy: string, occupant?: number) => never;
type Name = (occupant: number) => string;

function checkedLattice(lattice: ArrayLike<number>, fail: Fail): Float64Array {
  const vectors = Float64Array.from(lattice);
  if (vectors.length !== 9 || !vectors.every(Number.isFinite))
    fail(
      `the cell (${Array.from(lattice).join(', ')}) is not three vectors of three numbers`,
      'Give a, b and c in Å; check lengths and angles.',
    );
  const volume = signedVolume(vectors);
  if (!(volume >= MIN_VOLUME))
    fail(
      `the cell volume is ${Number(volume.toPrecision(6))} Å³, not positive`,
      volume < 0 ? 'Exchange two cell vectors to make the cell right-handed.' : 'Check lengths and angles of the cell.',
    );
  for (const edge of [0, 3, 6].map((i) => Math.hypot(...vectors.subarray(i, i + 3)))) {
    const shown = `a cell vector has ${Number(edge.toPrecision(6))} Å`;
    if (!(edge <= MAX_CELL_EDGE)) fail(`${shown}, more than ${MAX_CELL_EDGE}`, 'Give lengths in Å.');
    if (edge < NEAREST) fail(`${shown}, less than between any two atoms`, 'Give lengths in Å.');
  }
  return vectors;
}

function checkedElements(atomicNumbers: ArrayLike<number>, fail: Fail): Uint8Array {
  const count = atomicNumbers.length;
  if (count === 0) fail('has no atoms', 'Give at least one atom with its coordinates.');
  if (count > MAX_OCCUPANTS)
    fail(`has ${count} atoms in the cell, more than ${MAX_OCCUPANTS}`, 'Give the primitive or conventional cell.');
  for (let i = 0; i < count; i++) {
    const z = atomicNumbers[i];
    if (!(Number.isInteger(z) && z >= 1 && z <= MAX_ATOMIC_NUMBER))
      fail(`atom ${i + 1} has the atomic number ${z}`, `Use elements 1 to ${MAX_ATOMIC_NUMBER}.`);
  }
  return Uint8Array.from(atomicNumbers);
}

function wrapped(fractional: ArrayLike<number>, count: number, name: Name, fail: Fail): Float64Array {
  if (fractional.length !== 3 * count)
    fail(
      `has ${count} atoms and ${fractional.length / 3} positions`,
      'The list is cut off: give one position per atom.',
    );
  const result = new Float64Array(3 * count);
  for (let i = 0; i < result.length; i++) {
    const x = fractional[i];
    if (!Number.isFinite(x))
      fail(`coordinate ${'xyz'[i % 3]} of ${name(Math.floor(i / 3))} is ${x}`, 'Give a number.', Math.floor(i / 3));
    result[i] = intoCell(x);
  }
  return result;
}

function checkedOccupancies(
  occupancies: ArrayLike<number> | undefined,
  count: number,
  name: Name,
  fail: Fail,
): Float64Array {
  if (occupancies === undefined) return new Float64Array(count).fill(1);
  if (occupancies.length !== count)
    fail(`has ${count} atoms and ${occupancies.length} occupancies`, 'Give one occupancy per atom.');
  for (let i = 0; i < count; i++) {
    if (!(occupancies[i] > 0 && occupancies[i] <= 1 + SITE_TOLERANCE))
      fail(
        `${name(i)} has the occupancy ${occupancies[i]}`,
        'An occupancy is above 0 and at most 1; leave out atoms that are not there.',
        i,
      );
  }
  return Float64Array.from(occupancies);
}

/** Check the sum of every site and scale what rounding puts above 1. */
function fillSites({ occupancies, sites }: Structure, name: Name, fail: Fail): void {
  const sums = new Map<number, number>();
  for (let i = 0; i < sites.length; i++) sums.set(sites[i], (sums.get(sites[i]) ?? 0) + occupancies[i]);
  for (let i = 0; i < sites.length; i++) {
    const sum = sums.get(sites[i]) as number;
    if (sum > 1 + SITE_TOLERANCE)
      fail(
        `the occupancies at the position of ${name(i)} sum to ${Number(sum.toPrecision(6))}`,
        'At most one atom fits a position: correct the occupancies, or delete an atom written twice.',
        i,
      );
    if (sum > 1) occupancies[i] /= sum;
  }
}

/** No two different sites may hold more than one atom where only one finds room. */
function rejectCrowding({ lattice, fractional, occupancies, sites }: Structure, name: Name, fail: Fail): void {
  for (const [i, j] of coincidentPairs(fractional, lattice, NEAREST)) {
    if (sites[i] === sites[j] || occupancies[i] + occupancies[j] <= 1 + SITE_TOLERANCE) continue;
    const [x, y, z] = [0, 1, 2].map((k) => nearestImage(fractional[3 * i + k] - fractional[3 * j + k]));
    const distance = Math.hypot(...transform(x, y, z, lattice));
    if (distance >= SAME_POSITION) {
      if (Math.min(occupancies[i], occupancies[j]) < 1 - SITE_TOLERANCE) continue; // a split site of refined occupancies
      fail(
        `${name(i)} and ${name(j)} are ${distance.toFixed(2)} Å apart, nearer than any two atoms`,
        'Give the cell in Å, fractional coordinates as such, and split sites occupancies that sum to 1 at most.',
        j,
      );
    }
    const position = Array.from(fractional.subarray(3 * i, 3 * i + 3), (v) => Number(v.toFixed(5)));
    fail(
      `${name(i)} and ${name(j)} are at the same position (${position.join(', ')})`,
      'Delete the duplicate, or give occupancies that sum to 1 at most.',
      j,
    );
  }
}
