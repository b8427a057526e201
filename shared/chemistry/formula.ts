import { InputError, type Place } from '../errors.ts';
import { MAX_FORMULA, MAX_FORMULA_DEPTH } from '../limits.ts';
import { atomicNumber, compareElements, SYMBOLS } from './elements.ts';
import { doubtOf } from './formula-doubts.ts';

/** Elements with their amounts. Elements are distinct and in {@link compareElements} order. */
export interface Composition {
  readonly atomicNumbers: readonly number[];
  readonly amounts: readonly number[]; // formula-unit counts, finite and > 0, same length
}

const MIN_AMOUNT = 1e-6; // the last decimal that a formatted formula keeps
const MAX_AMOUNT = 1e9; // far above any real formula, and exact in a formatted one
// an element or a closing bracket, each with the amount that follows it, or one of the rest
const TOKEN =
  /\s*(?:([A-Z][a-z]?)(?:\s*(\d*\.?\d+))?|([)\]}])(?:\s*(\d*\.?\d+))?|(\d*\.?\d+)|([([{])|[·\u0387‧•⋅∙・･*.])/y;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** Subscripts, full-width letters and the sign of kelvin are digits and letters; superscripts mean something else. */
const WRITTEN_OTHERWISE = /[₀-₉！-～\u212a]/;
const HINT =
  'Write element symbols with amounts, such as Li6.4La3Zr1.4Ta0.6O12 or Li10Ge(PS6)2; join parts by ·: 75Li2S·25P2S5, Li2SO4·H2O.';
/** Deuterium is hydrogen to every feature. T is not read as tritium: it stands for transition metals, and in LiTFSI for more. */
const DEUTERIUM = 'D';
const SOLVATE = /\s*[([{]?(?:[HD]2O|HDO|H2S|N[HD]3|N2H4|C\d*[HD]|HF|HCl|HBr|HNO3)/y;
const HYDROGEN = 1;
const OXYGEN = 8;
/** H, B, C, N, O, F, Si, P, S, Cl, As, Se, Br, Te, I: a compound has one of them. */
const NONMETALS: ReadonlySet<number> = new Set([1, 5, 6, 7, 8, 9, 14, 15, 16, 17, 33, 34, 35, 52, 53]);

/** A formula names something that is no element. */
export class UnknownElementError extends InputError {}

type Counts = Map<number, number>;
type Fail = (problem: string, Kind?: typeof InputError) => never;

/**
 * Composition of a chemical formula: fractional amounts, nested brackets and hydrate dots (`·`, `•`, `*`, or a `.`
 * that is not a decimal point) are read; a number after a dot multiplies what follows it, up to the next dot, and so does
 * one before the first of several parts, as in `75Li2S·25P2S5`. Blanks may stand between symbols, numbers and brackets,
 * not inside them. D is hydrogen. What a chemist may read otherwise is refused, such as `LiClO4.3H2O`.
 *
 * @throws {InputError} naming the formula and the character at which it stops to parse, or what can be read in two ways
 */
export function parseFormula(text: string, place: Place = {}): Composition {
  const fail: Fail = (problem, Kind = InputError) => {
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    throw new Kind(`formula ${JSON.stringify(shown)} ${problem}`, place, HINT);
  };
  if (text.length > MAX_FORMULA) fail(`has ${text.length} characters, more than ${MAX_FORMULA}`);
  const formula = (WRITTEN_OTHERWISE.test(text) ? asWritten(text) : text).trim();
  if (formula === '') fail('is empty');
  const doubt = doubtOf(formula);
  if (doubt !== undefined) fail(doubt);
  const counts = readCounts(formula, fail);
  for (const [z, amount] of counts) {
    if (!(amount >= MIN_AMOUNT && amount <= MAX_AMOUNT))
      fail(`has the amount ${amount} of ${SYMBOLS[z]}, expected ${MIN_AMOUNT} to ${MAX_AMOUNT}`);
  }
  return fromCounts(counts);
}

function asWritten(text: string): string {
  return [...text].map((one) => (WRITTEN_OTHERWISE.test(one) ? one.normalize('NFKC') : one)).join('');
}

/** One open bracket or the part after a hydrate dot. */
interface Frame {
  readonly closing: string; // the bracket that ends it; '' for the outermost level
  readonly total: Counts; // finished parts
  part: Counts; // since the last dot
  factor: number; // of the current part
  takesFactor: boolean; // whether the part may still begin with a number: after a dot, or first of all
  beforePoint: number; // elements of the part up to a point that may be a hydrate dot; 0 = there is none
  needsTwo: boolean; // whether each part must have two elements, or a dot was a decimal point
}

function readCounts(formula: string, fail: Fail): Counts {
  const outermost = newFrame('');
  outermost.takesFactor = true;
  const frames: Frame[] = [outermost];
  for (let position = 0; position < formula.length; position = TOKEN.lastIndex) {
    TOKEN.lastIndex = position;
    const match =
      TOKEN.exec(formula) ?? fail(`cannot be read at ${JSON.stringify(formula.slice(position, position + 10))}`);
    takeToken(match, frames, fail);
  }
  // of a single part a number says nothing: it is a slip, an isotope or a `.` that was taken for a decimal point
  const single = /^\s*(\d[\d.]*|\.\d+)/.exec(formula);
  if (single !== null && outermost.total.size === 0) failNumber(single[1], fail);
  const frame = frames[frames.length - 1];
  if (frames.length > 1) fail(`lacks a closing ${frame.closing}`);
  return finish(frame, fail);
}

/** Do what a token of a formula says, in the innermost open bracket. */
function takeToken(match: RegExpExecArray, frames: Frame[], fail: Fail): void {
  const [, symbol, count, close, times, factor, open] = match;
  const frame = frames[frames.length - 1];
  if (symbol !== undefined) {
    const z = elementOf(symbol, fail);
    addAmount(frame, z, readAmount(count, fail), fail);
    if (count !== undefined && count[0] !== '0') doubtPoint(frame, z, count, match, fail);
  } else if (close !== undefined) {
    if (frame.closing !== close) fail(`has ${close} without its opening bracket`);
    frames.pop();
    closeBracket(frames[frames.length - 1], finish(frame, fail), times, fail);
    if (times !== undefined && times[0] !== '0') doubtPoint(frames[frames.length - 1], OXYGEN, times, match, fail);
  } else if (factor !== undefined) takeFactor(frame, factor, fail);
  else if (open !== undefined) {
    if (frames.length >= MAX_FORMULA_DEPTH) fail(`nests brackets deeper than ${MAX_FORMULA_DEPTH}`);
    frames.push(newFrame(CLOSING[open]));
  } else takeDot(frame, match, fail);
}

function closeBracket(frame: Frame, counts: Counts, times: string | undefined, fail: Fail): void {
  const factor = readAmount(times, fail);
  for (const [z, amount] of counts) addAmount(frame, z, factor * amount, fail);
}

/**
 * In `LiClO4.3H2O` and `Al2O3.2SiO2` the point is a hydrate dot, in `Li3PS3.5O0.5` a decimal point.
 *
 * @param z of the element that has the number, or of the anion that a bracket may be
 */
function doubtPoint(frame: Frame, z: number, number: string, { input }: RegExpExecArray, fail: Fail): void {
  const point = number.indexOf('.');
  if (point < 0 || number[point + 1] === '0' || frame.part.size < 2) return; // O4.05 can be no O4·05
  frame.beforePoint = frame.part.size;
  if (compareElements(z, HYDROGEN) <= 0) return; // no anion: in a formatted formula hydrogen stands before every anion
  SOLVATE.lastIndex = TOKEN.lastIndex;
  if (SOLVATE.test(input)) failPoint(fail);
}

function failPoint(fail: Fail): never {
  return fail('has a point that may be a decimal point or a hydrate dot');
}

function takeDot(frame: Frame, { input, index, 0: token }: RegExpExecArray, fail: Fail): void {
  const betweenDigits = /^\d[^.*\s]\d/.test(input.slice(index - 1, index + token.length + 1));
  if (betweenDigits && frame.factor === 1) {
    if (![...frame.part.keys()].some((z) => NONMETALS.has(z))) failDot(fail);
    frame.needsTwo = true; // of this part and the next ones
  }
  endPart(frame, fail);
}

function failDot(fail: Fail): never {
  return fail('has a dot between numbers that may be a decimal point: write decimals with a point');
}

function takeFactor(frame: Frame, factor: string, fail: Fail): void {
  const value = readAmount(factor, fail);
  if (!frame.takesFactor || frame.part.size > 0) failNumber(factor, fail);
  frame.factor = value;
  frame.takesFactor = false;
}

function addAmount({ part, beforePoint }: Frame, z: number, amount: number, fail: Fail): void {
  const before = part.get(z);
  if (before !== undefined && beforePoint > 0 && [...part.keys()].indexOf(z) < beforePoint) failPoint(fail);
  part.set(z, (before ?? 0) + amount);
}

function readAmount(number: string | undefined, fail: Fail): number {
  if (number === undefined) return 1;
  return Number(number) || fail(`has the amount ${number}`);
}

function failNumber(number: string, fail: Fail): never {
  return fail(`has the number ${number} without an element before it`);
}

function elementOf(symbol: string, fail: Fail): number {
  return (
    atomicNumber(symbol === DEUTERIUM ? 'H' : symbol) ??
    fail(`names ${symbol}, which is no known element`, UnknownElementError)
  );
}

function newFrame(closing: string): Frame {
  return {
    closing,
    total: new Map(),
    part: new Map(),
    factor: 1,
    takesFactor: false,
    beforePoint: 0,
    needsTwo: false,
  };
}

function endPart(frame: Frame, fail: Fail): void {
  if (frame.part.size === 0) fail('has an empty part');
  if (frame.needsTwo && frame.part.size < 2) failDot(fail);
  addScaled(frame.total, frame.part, frame.factor);
  frame.part = new Map();
  frame.factor = 1;
  frame.takesFactor = true;
  frame.beforePoint = 0;
}

function finish(frame: Frame, fail: Fail): Counts {
  endPart(frame, fail);
  return frame.total;
}

function addScaled(target: Counts, source: Counts, factor: number): void {
  for (const [z, amount] of source) target.set(z, (target.get(z) ?? 0) + factor * amount);
}

function fromCounts(counts: Counts): Composition {
  const atomicNumbers = [...counts.keys()].sort(compareElements);
  return { atomicNumbers, amounts: atomicNumbers.map((z) => counts.get(z) as number) };
}

/**
 * Composition of parallel lists of elements and amounts in any order; equal elements are added up.
 *
 * @param atomicNumbers each in the element table
 * @param amounts all > 0, same length
 */
export function composition(atomicNumbers: ArrayLike<number>, amounts: ArrayLike<number>): Composition {
  const counts: Counts = new Map();
  for (let i = 0; i < atomicNumbers.length; i++) {
    counts.set(atomicNumbers[i], (counts.get(atomicNumbers[i]) ?? 0) + amounts[i]);
  }
  return fromCounts(counts);
}

/** Greatest common divisor of two integers >= 0; gcd(0, b) = b. */
export function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** The same composition with integer amounts divided by their greatest common divisor; fractional ones stay. */
export function reduced(original: Composition): Composition {
  const { atomicNumbers, amounts } = original;
  if (!amounts.every(Number.isInteger)) return original;
  const divisor = amounts.reduce(greatestCommonDivisor, 0);
  return { atomicNumbers, amounts: amounts.map((amount) => amount / divisor) };
}

/** Formula such as `Li3PS4`: elements in {@link compareElements} order, amounts of 1 left out, at most 6 decimals. */
export function formatFormula({ atomicNumbers, amounts }: Composition): string {
  return atomicNumbers.map((z, i) => SYMBOLS[z] + formatAmount(amounts[i])).join('');
}

function formatAmount(amount: number): string {
  const text = String(Number(amount.toFixed(6)));
  return text === '1' ? '' : text;
}

/** Chemical system such as `Li-P-S`, in {@link compareElements} order. */
export function formatSystem(atomicNumbers: readonly number[]): string {
  return [...atomicNumbers]
    .sort(compareElements)
    .map((z) => SYMBOLS[z])
    .join('-');
}

/**
 * Atomic numbers of a chemical system such as Li-P-S.
 *
 * @throws {InputError} if a part is no element, or one is named twice
 */
export function parseSystem(text: string, place: Place = {}): number[] {
  const remedy = 'Join element symbols by hyphens, such as Li-P-S.';
  const elements = text.split('-').map((symbol) => {
    const z = atomicNumber(symbol.trim());
    if (z !== undefined) return z;
    throw new InputError(`${JSON.stringify(symbol)} is no known element`, place, remedy);
  });
  const double = elements.find((z, i) => elements.indexOf(z) < i);
  if (double === undefined) return elements;
  throw new InputError(`${SYMBOLS[double]} is named twice`, place, 'Name every element once.');
}

/** Decimals of an amount that count: what a formatted formula keeps. */
const DECIMALS = 6;

/**
 * The same composition with integer amounts without a common divisor: equal for `Li3PS4`, `Li6P2S8` and
 * `Li1.5P0.5S2`. Amounts count to six decimals.
 */
export function inIntegers({ atomicNumbers, amounts }: Composition): Composition {
  const integers = amounts.every(Number.isSafeInteger)
    ? amounts
    : amounts.map((amount) => Math.round(Number(amount.toFixed(DECIMALS)) * 10 ** DECIMALS));
  const divisor = integers.reduce(greatestCommonDivisor, 0);
  return { atomicNumbers, amounts: integers.map((amount) => amount / divisor) };
}
