import { atomicNumber, SYMBOLS } from '../../chemistry/elements.ts';
import { InputError, type Place } from '../../errors.ts';
import { type CifValue, shown } from './cif-syntax.ts';

/** A symbol with a number or a charge: `Li`, `Li1`, `Li1+`, `Fe+3`, `O2-`. */
const TYPE_SYMBOL = /^([a-z]{1,2})[0-9.]*(?:[+-][0-9.]*)?$/i;

/** An element, then nothing, or what tells sites apart from a number, a bracket or a sign on: `Li1`, `O2A`, `C(12)`, `O1'`. */
const LABEL = /^([a-z]{1,2})(?=$|[\d(_ '"*])/i;

/** Water and its ions, which begin like an element, and have others beside it. */
const WATER = /^(?:H\d+O|O-?H)/i;

/** Symbols in capitals that stand for a kind of atoms: rare earth, transition metal, aryl. */
const KINDS = new Set(['RE', 'TM', 'AR']);

/**
 * Atomic number of a type symbol; deuterium is hydrogen.
 *
 * @param formula atomic numbers of the file's chemical formula; may be empty
 * @throws {InputError} if it is no element, or in capitals that may be two
 */
export function elementOfType(value: CifValue, formula: ReadonlySet<number>, place: Place): number {
  return elementOf(TYPE_SYMBOL.exec(value.text.trim())?.[1], value, formula, place);
}

/**
 * Atomic number of a site label such as `Li1` or `O2A`, where nothing else tells the element. Letters may follow the element,
 * as the name of a site (`CaM1`), where the formula has that element: the atoms are compared with it.
 *
 * @param formula atomic numbers of the file's chemical formula; may be empty
 * @throws {InputError} if the label is no element and number, or in capitals that may be two elements
 */
export function elementOfLabel(value: CifValue, formula: ReadonlySet<number>, place: Place): number {
  const text = value.text.trim();
  if (WATER.test(text)) return elementOf(undefined, value, formula, place);
  const letters = LABEL.exec(text)?.[1];
  if (letters !== undefined) return elementOf(letters, value, formula, place);
  for (const symbol of [/^[A-Z][a-z]/, /^[A-Z](?![a-z])/].map((pattern) => pattern.exec(text)?.[0] ?? '')) {
    const z = atomicNumber(symbol);
    if (z !== undefined && formula.has(z)) return z;
  }
  return elementOf(undefined, value, formula, place);
}

function elementOf(
  letters: string | undefined,
  { text }: CifValue,
  formula: ReadonlySet<number>,
  place: Place,
): number {
  const symbol = letters === undefined ? '' : letters[0].toUpperCase() + letters.slice(1).toLowerCase();
  const z = symbol === 'D' ? 1 : atomicNumber(symbol);
  if (letters === undefined || z === undefined)
    throw new InputError(`${shown(text)} is no known element`, place, ELEMENT_REMEDY);
  const said = meaningOf(letters, formula.has(z), formula);
  if (letters === symbol || letters.length === 1 || said === undefined) return z;
  throw new InputError(`${shown(text)} may mean ${SYMBOLS[z]} or ${said}`, place, ELEMENT_REMEDY);
}

/** What two letters in one case may mean beside an element: a kind of atoms, or two elements; undefined if nothing. */
function meaningOf(letters: string, isInFormula: boolean, formula: ReadonlySet<number>): string | undefined {
  const capitals = letters.toUpperCase();
  const parts = [...capitals].map((letter) => atomicNumber(letter) ?? 0);
  if (isInFormula) return parts.every((z) => formula.has(z)) ? [...capitals].join(' and ') : undefined;
  if (KINDS.has(capitals)) return 'a kind of atoms';
  return parts.includes(0) ? undefined : [...capitals].join(' and ');
}

const ELEMENT_REMEDY =
  'Write an element symbol as _atom_site_type_symbol, with a charge or without, such as Li or Li1+.';
