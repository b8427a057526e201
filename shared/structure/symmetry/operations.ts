import { InputError, type Place } from '../../errors.ts';
import { intoCell, nearestImage } from '../coincidence.ts';
import { transform } from '../lattice.ts';

/** A space group operation on fractional coordinates: x' = rotation · x + translation. */
export interface SymmetryOperation {
  readonly rotation: readonly number[]; // shape (3, 3) row-major, integers, determinant ±1
  readonly translation: readonly number[]; // shape (3,)
}

const TERM = /([+-]?)(?:(\d+(?:\.\d*)?|\.\d+)(?:\/(\d+))?\*?)?([xyz]?)/y;
const MAX_LENGTH = 100; // characters of one operation
const MAX_DENOMINATOR = 24; // of a translation: 12 in the International Tables, more in cells that are several

/**
 * An operation in the notation of the International Tables, such as `-x+1/2, y, z` or `1/3+X-Y,X,Z+.5`.
 *
 * @throws {InputError} naming the operation that cannot be read, or is none of a crystal
 */
export function parseOperation(text: string, place: Place): SymmetryOperation {
  const fail = (): never => {
    throw new InputError(
      `${JSON.stringify(text.slice(0, MAX_LENGTH))} is no symmetry operation`,
      place,
      'Write three comma-separated expressions such as -x+1/2, y, z.',
    );
  };
  const expressions = text.toLowerCase().replaceAll(/\s/g, '').split(',');
  if (text.length > MAX_LENGTH || expressions.length !== 3) fail();
  const rotation: number[] = [];
  const translation: number[] = [];
  for (const expression of expressions) {
    const row = readExpression(expression) ?? fail();
    rotation.push(...row.slice(0, 3));
    translation.push(row[3]);
  }
  if (!rotation.every(Number.isInteger) || Math.abs(determinant(rotation)) !== 1) fail();
  return { rotation, translation };
}

/** Factors of x, y, z and the constant of an expression such as `-x+1/2`, or undefined if it is none. */
function readExpression(expression: string): [number, number, number, number] | undefined {
  const row: [number, number, number, number] = [0, 0, 0, 0];
  if (expression === '') return undefined;
  for (let position = 0; position < expression.length; ) {
    TERM.lastIndex = position;
    const [term, sign, numerator, denominator, variable] = TERM.exec(expression) as RegExpExecArray; // matches '' too
    if ((numerator === undefined && variable === '') || (position > 0 && sign === '')) return undefined;
    const value = fraction(numerator, denominator);
    row[variable === '' ? 3 : 'xyz'.indexOf(variable)] += sign === '-' ? -value : value;
    position += term.length;
  }
  return row.every(Number.isFinite) ? row : undefined;
}

/** NaN for a denominator that no translation has. */
function fraction(numerator = '1', denominator = '1'): number {
  return Number(denominator) > MAX_DENOMINATOR ? Number.NaN : Number(numerator) / Number(denominator);
}

function determinant([a, b, c, d, e, f, g, h, i]: readonly number[]): number {
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

/** One operation after another. */
export function product(after: SymmetryOperation, before: SymmetryOperation): SymmetryOperation {
  const rotation = before.rotation.map((_, k) => {
    const row = 3 * Math.floor(k / 3);
    return [0, 1, 2].reduce((sum, m) => sum + after.rotation[row + m] * before.rotation[3 * m + (k % 3)], 0);
  });
  return { rotation, translation: applied(after, before.translation) };
}

/** Translations are the same if they differ by lattice vectors, up to how far thirds are rounded. */
const SAME_TRANSLATION = 0.01;

/** A set of operations modulo lattice vectors. */
export class OperationSet {
  private readonly byRotation = new Map<string, SymmetryOperation[]>();
  readonly operations: SymmetryOperation[] = [];

  /** The operations of a list, each once. */
  constructor(operations: readonly SymmetryOperation[]) {
    for (const operation of operations) this.add(operation);
  }

  has({ rotation, translation }: SymmetryOperation): boolean {
    const alike = this.byRotation.get(rotation.join()) ?? [];
    return alike.some((known) =>
      translation.every((t, i) => Math.abs(nearestImage(t - known.translation[i])) < SAME_TRANSLATION),
    );
  }

  /** Add an operation that is not there yet, with its translation brought into [0, 1). */
  add(operation: SymmetryOperation): void {
    if (this.has(operation)) return;
    const inCell = { ...operation, translation: operation.translation.map(intoCell) };
    const key = operation.rotation.join();
    this.byRotation.set(key, [...(this.byRotation.get(key) ?? []), inCell]);
    this.operations.push(inCell);
  }
}

/** x, y, z */
export const IDENTITY: SymmetryOperation = { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], translation: [0, 0, 0] };

/** A space group has 192 operations at most in a cell of four lattice points; doubled cells have more. */
export const MAX_OPERATIONS = 384;

/** The operations that generators make, the identity first; undefined if they are too many for a crystal. */
export function groupOf(generators: readonly SymmetryOperation[]): readonly SymmetryOperation[] | undefined {
  const group = new OperationSet([IDENTITY]);
  for (let i = 0; i < group.operations.length; i++) {
    for (const generator of generators) group.add(product(generator, group.operations[i]));
    if (group.operations.length > MAX_OPERATIONS) return undefined;
  }
  return group.operations;
}

/** Whether different operations are a group: none is missing that others make together. */
export function isGroup(operations: readonly SymmetryOperation[]): boolean {
  const generators: SymmetryOperation[] = [];
  let group = new OperationSet([IDENTITY]);
  for (const operation of operations) {
    if (group.has(operation)) continue;
    generators.push(operation);
    const made = groupOf(generators);
    if (made === undefined || made.length > operations.length) return false;
    group = new OperationSet(made);
  }
  return group.operations.length === operations.length;
}

/** Squares of lengths (1 %) and products of vectors may differ by this part where measured cells have a symmetry. */
const METRIC_TOLERANCE = 0.02;

/**
 * Whether a lattice has the symmetry of an operation: rotated cell vectors have the same lengths and angles.
 *
 * @param lattice shape (3, 3) row-major, rows are the cell vectors
 */
export function fitsLattice({ rotation }: SymmetryOperation, lattice: ArrayLike<number>): boolean {
  const vector = (i: number): number[] => [0, 1, 2].map((k) => lattice[3 * i + k]);
  const vectors = [0, 1, 2].map(vector);
  const rotated = [0, 1, 2].map((j) =>
    [0, 1, 2].map((k) => vectors.reduce((sum, row, i) => sum + rotation[3 * i + j] * row[k], 0)),
  );
  const dot = (a: readonly number[], b: readonly number[]): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  return vectors.every((a, i) =>
    vectors.every((b, j) => {
      const scale = Math.sqrt(dot(a, a) * dot(b, b));
      return Math.abs(dot(rotated[i], rotated[j]) - dot(a, b)) <= METRIC_TOLERANCE * scale;
    }),
  );
}

/** Whether an operation leaves every position where it is, up to a lattice vector. */
export function isIdentity({ rotation, translation }: SymmetryOperation): boolean {
  return rotation.every((value, i) => value === (i % 4 === 0 ? 1 : 0)) && translation.every(Number.isInteger);
}

/**
 * The positions in one cell to which operations map a position. Images nearer than the tolerance are one atom on a special
 * position, and their mean is taken, which is on it exactly.
 *
 * @param position fractional
 * @param lattice shape (3, 3) row-major, Å
 * @param tolerance Å
 * @returns shape (images, 3) row-major, fractional in [0, 1); the first is the position itself if the first operation is the identity
 */
export function orbit(
  position: readonly number[],
  operations: readonly SymmetryOperation[],
  lattice: ArrayLike<number>,
  tolerance: number,
): number[] {
  const images: number[] = []; // the first image found at each position
  const shifts: number[] = []; // sums of what later ones lie off it
  const counts: number[] = [];
  for (const operation of operations) {
    const image = applied(operation, position);
    const known = nearImage(image, images, lattice, tolerance);
    if (known === undefined) {
      images.push(...image);
      shifts.push(0, 0, 0);
      counts.push(1);
    } else {
      for (let k = 0; k < 3; k++) shifts[3 * known + k] += nearestImage(image[k] - images[3 * known + k]);
      counts[known]++;
    }
  }
  return images.map((value, i) => intoCell(value + shifts[i] / counts[Math.floor(i / 3)]));
}

/** The image of a fractional position. */
export function applied({ rotation, translation }: SymmetryOperation, [x, y, z]: readonly number[]): number[] {
  return translation.map((t, i) => t + rotation[3 * i] * x + rotation[3 * i + 1] * y + rotation[3 * i + 2] * z);
}

function nearImage(
  [x, y, z]: readonly number[],
  images: readonly number[],
  lattice: ArrayLike<number>,
  tolerance: number,
): number | undefined {
  for (let i = 0; i < images.length; i += 3) {
    const offset = transform(
      nearestImage(x - images[i]),
      nearestImage(y - images[i + 1]),
      nearestImage(z - images[i + 2]),
      lattice,
    );
    if (Math.hypot(...offset) < tolerance) return i / 3;
  }
  return undefined;
}
