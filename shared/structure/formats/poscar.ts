import { atomicNumber } from '../../chemistry/elements.ts';
import { InputError } from '../../errors.ts';
import { MAX_OCCUPANTS } from '../../limits.ts';
import { inverseLattice, signedVolume, transform } from '../lattice.ts';
import { createStructure, type Structure } from '../structure.ts';

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[ed][+-]?\d+)?$/i;

/**
 * The structure of a VASP 5 POSCAR (with the line of element symbols). Scale factor (negative: the cell volume in Å³; or
 * three, one per axis), direct and Cartesian coordinates and selective dynamics are read; velocities are passed over.
 *
 * @param id identifier of the structure
 * @param file named in messages
 * @throws {InputError} naming the line and the value that is missing or not usable
 * @see https://www.vasp.at/wiki/POSCAR
 */
export function parsePoscar(text: string, id: string, file = id): Structure {
  const lines = new PoscarLines(text, file);
  const scale = lines.numbers(2);
  const vectors = Float64Array.from([3, 4, 5].flatMap((line) => lines.numbers(line, 3)));
  const factors = scaleFactors(scale, vectors, lines);
  const lattice = vectors.map((value, i) => value * factors[i % 3]);
  const atomicNumbers = readElements(lines);
  const selective = /^s/i.test(lines.words(8)[0]);
  const modeLine = selective ? 9 : 8;
  const mode = lines.words(modeLine)[0];
  if (!/^[dck]/i.test(mode)) lines.fail(modeLine, `${JSON.stringify(mode.slice(0, 40))} is not Direct or Cartesian`);
  const cartesian = !/^d/i.test(mode);
  const inverse = inverseLattice(lattice);
  const fractional = atomicNumbers.flatMap((_, i) => {
    const [x, y, z] = lines.numbers(modeLine + 1 + i, 3);
    return cartesian ? transform(x * factors[0], y * factors[1], z * factors[2], inverse) : [x, y, z];
  });
  const origin = (i: number) => ({ name: `atom ${i + 1}`, line: modeLine + 1 + i });
  return createStructure({ id, lattice, atomicNumbers, fractional, origin }, { file, line: 3 });
}

/** The lines of a POSCAR, which mean what they mean by their number. */
class PoscarLines {
  private readonly lines: readonly string[];
  private readonly file: string;

  constructor(text: string, file: string) {
    this.lines = text.split(/\r\n|\n|\r/);
    this.file = file;
  }

  words(line: number): string[] {
    const words = (this.lines[line - 1] ?? '').split(/\s+/).filter((word) => word !== '');
    return words.length > 0 ? words : this.fail(line, 'the line is missing or empty');
  }

  /** The first `count` words of a line as numbers; without a count, all up to a comment. */
  numbers(line: number, count?: number): number[] {
    const words = this.words(line);
    const end = words.findIndex((word) => word.startsWith('#') || word.startsWith('!'));
    const given = end < 0 ? words : words.slice(0, end);
    if (given.length < (count ?? 1)) this.fail(line, `there are ${given.length} numbers and not ${count ?? 1}`);
    return given.slice(0, count).map((word) => {
      const number = NUMBER.test(word) ? Number(word.replace(/d/i, 'e')) : Number.NaN;
      return Number.isFinite(number) ? number : this.fail(line, `${JSON.stringify(word.slice(0, 40))} is not a number`);
    });
  }

  fail(line: number, problem: string, remedy = 'Follow the POSCAR format of VASP 5; the file may be cut off.'): never {
    throw new InputError(problem, { file: this.file, line }, remedy);
  }
}

function scaleFactors(scale: readonly number[], vectors: Float64Array, lines: PoscarLines): readonly number[] {
  if (scale.length === 3 && scale.every((factor) => factor > 0)) return scale;
  const volume = Math.abs(signedVolume(vectors));
  if (scale.length !== 1 || scale[0] === 0 || (scale[0] < 0 && volume === 0))
    lines.fail(2, `the scale ${scale.join(' ')} gives no cell`, 'Give a positive factor, or minus the volume in Å³.');
  const factor = scale[0] > 0 ? scale[0] : Math.cbrt(-scale[0] / volume);
  return [factor, factor, factor];
}

/** Atomic number of every atom, from the line of symbols (`Li`, `Li_sv`, `Li/…`) and the line of counts. */
function readElements(lines: PoscarLines): number[] {
  const symbols = lines.words(6);
  if (symbols.every((word) => /^\d+$/.test(word)))
    lines.fail(
      6,
      'there are counts where the element symbols belong',
      'This is the POSCAR format of VASP 4: insert a line with the element symbols before the counts.',
    );
  const elements = symbols.map(
    (word) => atomicNumber(word.split(/[_/]/)[0]) ?? lines.fail(6, `${JSON.stringify(word)} is no known element`),
  );
  const counts = lines.numbers(7, symbols.length);
  const bad = counts.find((count) => !(Number.isInteger(count) && count >= 0 && count <= MAX_OCCUPANTS));
  if (bad !== undefined) lines.fail(7, `${bad} is no count of atoms`, `Give whole numbers up to ${MAX_OCCUPANTS}.`);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > MAX_OCCUPANTS) lines.fail(7, `${total} atoms are more than ${MAX_OCCUPANTS}`, 'Give the primitive cell.');
  return elements.flatMap((z, i) => Array.from({ length: counts[i] }, () => z));
}
