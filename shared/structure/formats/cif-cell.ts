import { InputError } from '../../errors.ts';
import { latticeFromParameters, signedVolume } from '../lattice.ts';
import type { CifBlock } from './cif-syntax.ts';
import { knownColumn, parseNumber } from './cif-values.ts';

/** How far a volume may be off that of the cell parameters: rounded ones are, by less. */
const VOLUME_TOLERANCE = 0.01;

/**
 * Lattice of a data block, shape (3, 3) row-major in Å. An angle that is left out has 90 degrees, as in the core dictionary.
 *
 * @throws {InputError} for a length that is missing, a parameter that is no number or not positive, angles that no cell has,
 *   and a volume that is another one
 */
export function readLattice(block: CifBlock, file: string): Float64Array {
  const [a, b, c] = ['a', 'b', 'c'].map((axis) => positive(block, `_cell_length_${axis}`, file));
  const [alpha, beta, gamma] = ['alpha', 'beta', 'gamma'].map((angle) =>
    positive(block, `_cell_angle_${angle}`, file, 90),
  );
  const lattice = latticeFromParameters([a, b, c], [alpha, beta, gamma]);
  const place = { file, line: block.values.get('_cell_angle_alpha')?.[0]?.line, column: '_cell_angle_alpha' };
  if (!lattice.every(Number.isFinite))
    throw new InputError(
      `no cell has the angles ${alpha}, ${beta} and ${gamma} degrees`,
      place,
      'Each angle is less than 180 and than the sum of the other two, and the three sum to less than 360.',
    );
  requireVolume(block, signedVolume(lattice), file);
  return lattice;
}

function requireVolume(block: CifBlock, volume: number, file: string): void {
  const tag = '_cell_volume';
  const value = knownColumn(block, [tag])?.values[0];
  const said = value === undefined ? volume : positive(block, tag, file);
  if (Math.abs(said - volume) <= VOLUME_TOLERANCE * volume) return;
  throw new InputError(
    `the cell parameters make ${Number(volume.toPrecision(6))} Å³, and the volume is given as ${said}`,
    { file, line: value?.line, column: tag },
    'Correct the lengths (in Å) and angles of the cell, or its volume.',
  );
}

/**
 * The one value of a tag.
 *
 * @param otherwise its value where it is left out or, as `.`, the default; without this that is an error, as is an unknown one
 */
function positive(block: CifBlock, tag: string, file: string, otherwise?: number): number {
  const value = block.values.get(tag)?.[0];
  const isLeftOut = value === undefined || value.text === '.';
  const number = isLeftOut ? otherwise : parseNumber(value, tag, file);
  if (number !== undefined && number > 0) return number;
  throw new InputError(
    number === undefined ? 'the cell parameter is missing' : `the cell parameter is ${number}, not positive`,
    { file, line: value?.line ?? block.line, column: tag },
    'Give the cell lengths in Å and the angles in degrees.',
  );
}
