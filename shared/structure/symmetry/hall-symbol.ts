import { groupOf, type SymmetryOperation } from './operations.ts';

type Axis = 'x' | 'y' | 'z' | "'" | '"' | '*';

/** Centring translations by lattice symbol, in twelfths. */
const CENTRINGS: Readonly<Record<string, readonly (readonly number[])[]>> = {
  P: [],
  A: [[0, 6, 6]],
  B: [[6, 0, 6]],
  C: [[6, 6, 0]],
  I: [[6, 6, 6]],
  R: [
    [8, 4, 4],
    [4, 8, 8],
  ],
  F: [
    [0, 6, 6],
    [6, 0, 6],
  ],
};

/** Translations by symbol, in twelfths. */
const TRANSLATIONS: Readonly<Record<string, readonly number[]>> = {
  a: [6, 0, 0],
  b: [0, 6, 0],
  c: [0, 0, 6],
  n: [6, 6, 6],
  u: [3, 0, 0],
  v: [0, 3, 0],
  w: [0, 0, 3],
  d: [3, 3, 3],
};

/** Rotations about z; about x and y they are the same with the axes exchanged in turn. */
const ABOUT_Z: Readonly<Record<string, readonly number[]>> = {
  '1': [1, 0, 0, 0, 1, 0, 0, 0, 1],
  '2': [-1, 0, 0, 0, -1, 0, 0, 0, 1],
  '3': [0, -1, 0, 1, -1, 0, 0, 0, 1],
  '4': [0, -1, 0, 1, 0, 0, 0, 0, 1],
  '6': [1, -1, 0, 1, 0, 0, 0, 0, 1],
  "2'": [0, -1, 0, -1, 0, 0, 0, 0, -1], // about a - b
  '2"': [0, 1, 0, 1, 0, 0, 0, 0, -1], // about a + b
};
const BODY_DIAGONAL = [0, 0, 1, 1, 0, 0, 0, 1, 0];

/** One rotation of a symbol: improper or not, order, screw, axis and translations. */
const ROTATION = /^(-?)([12346])([1-5]?)([xyz'"*]?)([1-5]?)([abcnuvwd]*)$/;
const SYMBOL = /^(-?)([PABCIRF]) ?([^ ()]+(?: [^ ()]+)*)(?: \((-?\d+) (-?\d+) (-?\d+)\))?$/;

/**
 * All operations of a space group from its Hall symbol, such as `-F 4 2 3` or `P 4n 2 3 -1n`, in the order in which its
 * generators make them; each translation is in [0, 1).
 *
 * @returns undefined if the text is no such symbol, or has a change of basis other than a shift of the origin
 * @see S. R. Hall, Acta Cryst. A 37, 517 (1981), doi:10.1107/S0567739481001228; International Tables B (2010), A1.4.2.3
 */
export function operationsOfHall(text: string): readonly SymmetryOperation[] | undefined {
  const symbol = text.trim().replaceAll('_', ' ').replaceAll(/\s+/g, ' ');
  const [, inversion, lattice, list, ...shift] = SYMBOL.exec(symbol) ?? [];
  if (list === undefined) return undefined;
  const rotations = readRotations(list.split(' '));
  if (rotations === undefined) return undefined;
  const centre: SymmetryOperation = { rotation: ABOUT_Z['1'].map((v) => -v), translation: [0, 0, 0] };
  const centrings = CENTRINGS[lattice].map((t) => ({ rotation: ABOUT_Z['1'], translation: fromTwelfths(t) }));
  const generators = [...centrings, ...(inversion === '' ? [] : [centre]), ...rotations];
  const origin = shift.map((v) => Number(v ?? 0) / 12);
  return groupOf(generators.map((generator) => shifted(generator, origin)));
}

function fromTwelfths(translation: readonly number[]): number[] {
  return translation.map((t) => t / 12);
}

function readRotations(symbols: readonly string[]): SymmetryOperation[] | undefined {
  const found: SymmetryOperation[] = [];
  let before = { order: '', axis: 'z' as Axis }; // the rotation before this one
  for (const [i, text] of symbols.entries()) {
    const parts = ROTATION.exec(text);
    if (parts === null) return undefined;
    const [, sign, order, screwBefore, given, screwAfter, translations] = parts;
    const axis = (given || defaultAxis(order, i, before.order)) as Axis;
    const rotation = rotationAbout(order, axis, before.axis);
    if (rotation === undefined) return undefined;
    const shift = [...translations].map((letter) => TRANSLATIONS[letter]);
    const screw = (12 * Number(screwBefore || screwAfter || 0)) / Number(order);
    const along = 'xyz'.indexOf(axis);
    const sum = [0, 1, 2].map((k) => shift.reduce((total, t) => total + t[k], k === along ? screw : 0));
    found.push({ rotation: sign === '' ? rotation : rotation.map((v) => -v), translation: fromTwelfths(sum) });
    before = { order, axis: 'xyz'.includes(axis) ? axis : before.axis };
  }
  return found;
}

/** The axis that a symbol without one means, by its place and the order of the rotation before. */
function defaultAxis(order: string, place: number, before: string): Axis {
  if (place === 0 || order === '1') return 'z';
  if (order === '3') return '*';
  return before === '3' || before === '6' ? "'" : 'x';
}

/** @param principal the axis of the rotation before, which the diagonals `'` and `"` are perpendicular to */
function rotationAbout(order: string, axis: Axis, principal: Axis): readonly number[] | undefined {
  if (axis === '*') return order === '3' ? BODY_DIAGONAL : undefined;
  const isDiagonal = axis === "'" || axis === '"';
  const aboutZ = ABOUT_Z[isDiagonal ? order + axis : order];
  const turns = 'zxy'.indexOf(isDiagonal ? principal : axis);
  // Element (i, j) about z is element (i + turns, j + turns) about the axis.
  return aboutZ?.map((_, k) => aboutZ[3 * ((Math.floor(k / 3) - turns + 3) % 3) + (((k % 3) - turns + 3) % 3)]);
}

/** The operation seen from an origin that lies at minus this vector: t' = t + v - R v. */
function shifted({ rotation, translation }: SymmetryOperation, v: readonly number[]): SymmetryOperation {
  const moved = translation.map(
    (t, i) => t + v[i] - rotation[3 * i] * v[0] - rotation[3 * i + 1] * v[1] - rotation[3 * i + 2] * v[2],
  );
  return { rotation, translation: moved };
}
