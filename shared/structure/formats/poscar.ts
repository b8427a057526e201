import { atomicNumber, SYMBOLS } from '../../chemistry/elements.ts';
import { InputError } from '../../errors.ts';
import { MAX_OCCUPANTS } from '../../limits.ts';
import { isFractional } from '../coincidence.ts';
import { inverseLattice, signedVolume, transform } from '../lattice.ts';
import { createStructure, type Structure } from '../structure.ts';

const FAR = 'a direct coordinate is far outside of the cell';
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[ed][+-]?\d+)?$/i;

/**
 * The structure of a VASP 5 POSCAR (with the line of element symbols). Scale factor (negative: the cell volume in Å³; or
 * three, one per axis), direct and Cartesian coordinates and selective dynamics are read; symbols and counts may take several
 * lines, and what follows `#` or `!` is a comment. Velocities are passed over.
 *
 * @param id identifier of the structure
 * @param file named in messages
 * @throws {InputError} naming the line and the value that is missing or not usable, or that contradicts another
 * @see https://www.vasp.at/wiki/POSCAR
 */
export function parsePoscar(text: string, id: string, file = id): Structure {
  const lines = new PoscarLines(text, file);
  const scale = lines.numbers(2);
  const vectors = Float64Array.from([3, 4, 5].flatMap((line) => lines.numbers(line, 3)));
  const factors = scaleFactors(scale, vectors, lines);
  const lattice = vectors.map((value, i) => value * factors[i % 3]);
  const { atomicNumbers, next } = readElements(lines);
  const selective = /^s/i.test(lines.words(next)[0]);
  const modeLine = selective ? next + 1 : next;
  const mode = lines.words(modeLine)[0];
  if (!/^[dck]/i.test(mode)) lines.fail(modeLine, `${JSON.stringify(mode.slice(0, 40))} is not Direct or Cartesian`);
  const cartesian = !/^d/i.test(mode);
  const inverse = inverseLattice(lattice);
  const fractional = atomicNumbers.flatMap((element, i) => {
    const line = modeLine + 1 + i;
    const [x, y, z] = lines.numbers(line, 3);
    requireElement(element, lines, line);
    if (!cartesian && ![x, y, z].every(isFractional))
      lines.fail(line, FAR, 'Write Cartesian in the line before the positions if they are.');
    return cartesian ? transform(x * factors[0], y * factors[1], z * factors[2], inverse) : [x, y, z];
  });
  requireEnd(lines, modeLine + 1 + atomicNumbers.length);
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

  /** The words of a line up to a comment, at least one. */
  words(line: number): string[] {
    const words = this.wordsIfAny(line);
    return words.length > 0 ? words : this.fail(line, 'the line is missing or empty');
  }

  wordsIfAny(line: number): string[] {
    const words = (this.lines[line - 1] ?? '').split(/\s+/).filter((word) => word !== '');
    const end = words.findIndex((word) => word.startsWith('#') || word.startsWith('!'));
    return end < 0 ? words : words.slice(0, end);
  }

  /** The first `count` words of a line as numbers; without a count, all of them. */
  numbers(line: number, count?: number): number[] {
    const given = this.words(line);
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

/** Some programs write the element of an atom after its position: it is to be the one that the counts say. */
function requireElement(z: number, lines: PoscarLines, line: number): void {
  const rest = lines.words(line).slice(3);
  const [label] = rest.slice(0, 3).every((word) => /^\.?[TF]/i.test(word)) && rest.length >= 3 ? rest.slice(3) : rest;
  const [, symbol = ''] = /^([A-Z][a-z]?)(?:\d*|_\w+)$/.exec(label ?? '') ?? [];
  const said = atomicNumber(symbol);
  if (said === undefined || said === z) return;
  lines.fail(
    line,
    `the position is that of ${SYMBOLS[z]} by symbols and counts, and is marked ${label}`,
    'Correct the line of symbols or that of counts.',
  );
}

/** What follows the positions begins with an empty line or a word. */
function requireEnd(lines: PoscarLines, line: number): void {
  const words = lines.wordsIfAny(line);
  if (words.length < 3 || !words.slice(0, 3).every((word) => NUMBER.test(word))) return;
  lines.fail(line, 'there are more positions than atoms by the counts', 'Correct the line of counts.');
}

function scaleFactors(scale: readonly number[], vectors: Float64Array, lines: PoscarLines): readonly number[] {
  if (scale.length === 3 && scale.every((factor) => factor > 0)) return scale;
  const volume = Math.abs(signedVolume(vectors));
  if (scale.length !== 1 || scale[0] === 0 || (scale[0] < 0 && volume === 0))
    lines.fail(2, `the scale ${scale.join(' ')} gives no cell`, 'Give a positive factor, or minus the volume in Å³.');
  const factor = scale[0] > 0 ? scale[0] : Math.cbrt(-scale[0] / volume);
  return [factor, factor, factor];
}

/** Atomic number of every atom, from symbols (`Li`, `Li_sv`, `Li/…`) and counts, and the line after these. */
function readElements(lines: PoscarLines): { readonly atomicNumbers: number[]; readonly next: number } {
  let line = 6;
  const elements: number[] = [];
  for (; !isCounts(lines.words(line)); line++)
    for (const word of lines.words(line))
      elements.push(
        atomicNumber(word.split(/[_/]/)[0]) ?? lines.fail(line, `${JSON.stringify(word)} is no known element`),
      );
  if (elements.length === 0)
    lines.fail(
      6,
      'there are counts where the element symbols belong',
      'This is the POSCAR format of VASP 4: insert a line with the element symbols before the counts.',
    );
  const first = line;
  const counts: number[] = [];
  for (; counts.length < elements.length && isCounts(lines.wordsIfAny(line)); line++)
    for (const count of lines.numbers(line))
      counts.push(Number.isInteger(count) && count >= 0 ? count : lines.fail(line, `${count} is no count of atoms`));
  if (counts.length !== elements.length)
    lines.fail(first, `there are ${elements.length} symbols and ${counts.length} counts`);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > MAX_OCCUPANTS)
    lines.fail(first, `${total} atoms are more than ${MAX_OCCUPANTS}`, 'Give the primitive cell.');
  return { atomicNumbers: elements.flatMap((z, i) => Array.from({ length: counts[i] }, () => z)), next: line };
}

function isCounts(words: readonly string[]): boolean {
  return /^[+-]?[\d.]/.test(words[0] ?? '');
}
