import { InputError } from '../../errors.ts';
import { coincidentPairs } from '../coincidence.ts';
import type { Structure } from '../structure.ts';
import { applied, IDENTITY, isGroup, OperationSet, type SymmetryOperation } from '../symmetry/operations.ts';
import type { CellContents } from './cif-contents.ts';
import type { CifSymmetry, GroupReading, NamedGroup } from './cif-symmetry.ts';

const REMEDY = 'List the symmetry operations (_space_group_symop_operation_xyz), or all atoms of the cell in P 1.';

/** How far (Å) an image may lie off the atom that it stands for in a cell whose atoms are all listed. */
const WHOLE_CELL_TOLERANCE = 0.1;

/**
 * The structure of a data block under the symmetry that it gives. Operations count where they are listed. A group that is
 * only named, or that has more operations than are listed, is read by its name if just one of its settings fits cell, formula,
 * number of formula units and multiplicities; atoms of which each image is listed are a whole cell, whatever it is named.
 *
 * @throws {InputError} if none or several readings fit: atoms would be missing without a word
 */
export function structureUnder({ listed, named }: CifSymmetry, contents: CellContents, file: string): Structure {
  if (listed === undefined)
    return isWithoutSymmetry(named) ? contents.under([IDENTITY]) : underNamed(named, contents, file);
  const isComplete = isGroup(listed);
  if (isComplete && !hasMore(named, listed)) return contents.under(listed);
  if (named === undefined) throw incomplete(listed, undefined, file);
  if (isComplete) {
    const structure = attempt(() => contents.under(listed));
    if (!(structure instanceof InputError) && isWhole(structure, listed, named, contents)) return structure;
  }
  const all = new OperationSet(listed);
  const readings = named.readings.filter(({ operations }) => containsAll(operations, all.operations));
  if (readings.length === 0) throw incomplete(listed, named, file);
  return underNamed({ ...named, readings }, contents, file);
}

function isWithoutSymmetry(named: NamedGroup | undefined): named is undefined {
  return named === undefined || named.readings.some(({ operations }) => operations.length === 1);
}

/** Whether a group is named that has more operations than are listed, or one that nobody knows while none are listed. */
function hasMore(named: NamedGroup | undefined, listed: readonly SymmetryOperation[]): boolean {
  if (named === undefined) return false;
  if (!named.isKnown) return listed.length === 1;
  return named.readings.length > 0 && named.readings.every(({ operations }) => operations.length > listed.length);
}

/** Whether the listed operations make all atoms of the cell: by what the block says, or as the named group finds each image there. */
function isWhole(
  structure: Structure,
  listed: readonly SymmetryOperation[],
  { readings }: NamedGroup,
  contents: CellContents,
): boolean {
  if (contents.hasDeclaredCount(structure) ?? contents.hasDeclaredMultiplicities(listed)) return true;
  return readings.some(({ operations }) => operations.every((operation) => mapsOnItself(structure, operation)));
}

function mapsOnItself({ fractional, atomicNumbers, lattice }: Structure, operation: SymmetryOperation): boolean {
  const count = atomicNumbers.length;
  const images = Array.from({ length: count }, (_, i) =>
    applied(operation, [...fractional.subarray(3 * i, 3 * i + 3)]),
  );
  const both = Float64Array.from([...fractional, ...images.flat().map((x) => x - Math.floor(x))]);
  const met = new Set<number>();
  for (const [i, j] of coincidentPairs(both, lattice, WHOLE_CELL_TOLERANCE))
    if (i < count && j >= count && atomicNumbers[i] === atomicNumbers[j - count]) met.add(j);
  return met.size === count;
}

function containsAll(operations: readonly SymmetryOperation[], some: readonly SymmetryOperation[]): boolean {
  const set = new OperationSet(operations);
  return some.every((operation) => set.has(operation));
}

/** The structure under the one setting of a named group that fits. */
function underNamed(named: NamedGroup, contents: CellContents, file: string): Structure {
  if (named.readings.length === 0) throw notRead(named, named.isKnown ? 'does not fit the cell' : 'is not known', file);
  const results = named.readings.map((reading) => ({
    reading,
    result: attempt(() => underReading(reading, contents)),
  }));
  const fitting = results.filter(({ result }) => !(result instanceof InputError));
  if (fitting.length > 1) {
    const names = fitting.map(({ reading }) => reading.name).join(' or ');
    throw notRead(named, `may be ${names}`, file);
  }
  const { result } = fitting[0] ?? results[0];
  if (!(result instanceof InputError)) return result;
  throw notRead(named, `does not fit the atoms as ${results[0].reading.name} (${result.problem})`, file);
}

/** Throws {@link InputError} where the block contradicts what the group makes of its atoms. */
function underReading({ operations }: GroupReading, contents: CellContents): Structure {
  const refuse = (problem: string): never => {
    throw new InputError(problem, {}, REMEDY);
  };
  if (contents.repeatsAtoms(operations)) refuse('atoms are listed that are images of others');
  if (contents.hasDeclaredMultiplicities(operations) === false) refuse('the file gives other multiplicities');
  const structure = contents.under(operations);
  if (contents.hasDeclaredCount(structure) === false) refuse('formula and number of formula units say otherwise');
  return structure;
}

function attempt(make: () => Structure): Structure | InputError {
  try {
    return make();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

function notRead({ name, tag, line }: NamedGroup, why: string, file: string): InputError {
  const place = { file, line, column: tag };
  return new InputError(
    `the space group ${JSON.stringify(name)} is named without its operations, and ${why}`,
    place,
    REMEDY,
  );
}

function incomplete(listed: readonly SymmetryOperation[], named: NamedGroup | undefined, file: string): InputError {
  const count = `${listed.length} symmetry operation${listed.length === 1 ? ' is' : 's are'} listed`;
  if (named === undefined)
    return new InputError(`${count}, and others that they make together are missing`, { file }, REMEDY);
  const { name, tag, line } = named;
  const place = { file, line, column: tag };
  return new InputError(`${count}, fewer than the space group ${JSON.stringify(name)} has`, place, REMEDY);
}
