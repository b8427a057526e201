/** What {@link doubtOf} looks into; most formulas have none of it. */
const SUSPECT = /[\s([{]|I[IV]|ON|BOB|FSI|DF|OAc/;
const LINE_BREAK = /[\n\r\v\f\u0085\u2028\u2029]/;
/** `Fe(III)`, `MnIV`, `Cu(I)`: numerals that spell iodine and vanadium. VI is an iodide. */
const OXIDATION_NUMBER = /II(?![nr])|IV|[([{]\s*[IV]+\s*[)\]}]/;
/** `Li3PO4 (Pm)`, `Li3PS4 (P1)`, `(HP)`: a space group or another remark that spells elements. */
const REMARK =
  /[([{]\s*[A-Z][a-z]?\s*[\d.]*\s*[)\]}](?!\s*[\d.])|\s[([{](?!OH[)\]}]|S?CN[)\]}]|NCO[)\]}])[A-Z]{2,}[)\]}]$/;
/** Glasses, salts and conductors whose names spell elements; an acetate's Ac is no actinium. */
const NAME =
  /(?:P|B|S|Si|Al)ON(?![a-z\d.])|SICON|BOB(?![a-z\d.])|FSI(?![a-z\d.])|DF(?:OB|P|BP|BOP|OP)(?![a-z\d.])|VDF|OAc/;
/** A number that a blank parts from what stands before it, and more after it. */
const PARTED_NUMBER = /(?<!\s)\s+(\d+(?:\.\d+)?|\.\d+)(\s*)(?=[A-Z([{])/g;
const INNERMOST_BRACKETS = /[([{][^()[\]{}]*[)\]}]/g;
const JOINTS = /[·\u0387‧•⋅∙・･*]|\.(?!\d)/;

/**
 * Why a chemist may read a formula otherwise than its symbols, amounts and brackets say, or undefined. It is the end of a
 * sentence that begins with the formula. What `formatFormula` writes is never doubtful.
 *
 * @param formula without blanks at its ends
 */
export function doubtOf(formula: string): string | undefined {
  if (!SUSPECT.test(formula)) return undefined;
  const spelled = OXIDATION_NUMBER.exec(formula) ?? REMARK.exec(formula);
  if (spelled !== null) return `has ${spelled[0].trim()}, which may be an oxidation number or a remark`;
  const name = NAME.exec(formula);
  if (name !== null) return `has ${name[0]}, which is part of a name and not of a formula`;
  return /\s/.test(formula) ? doubtOfBlanks(formula) : undefined;
}

/** `LiCl 2H2O` is no LiCl2, and `Li3PS4 Li2S` are two formulas; `Li 3 P S4` is one. */
function doubtOfBlanks(formula: string): string | undefined {
  if (LINE_BREAK.test(formula)) return 'has a line break: one formula is expected';
  for (const { index, 1: number, 2: after } of formula.matchAll(PARTED_NUMBER)) {
    const before = lastWord(formula.slice(0, index));
    const ofSymbol = after !== '' && /^[A-Z][a-z]?$/.test(before);
    if (!ofSymbol && /[A-Za-z)\]}]$/.test(before))
      return `has the number ${number} between blanks, which may belong to what is before it or after it`;
  }
  const twice = formula.split(JOINTS).map(elementOfTwoWords).find(Boolean);
  return twice && `has ${twice} on both sides of a blank: one formula is expected`;
}

function lastWord(text: string): string {
  return text.split(/\s/).at(-1) ?? '';
}

/** The element that stands in two words of a text, brackets aside. */
function elementOfTwoWords(text: string): string | undefined {
  let open = text;
  for (let last = ''; last !== open; ) [last, open] = [open, open.replace(INNERMOST_BRACKETS, '')];
  const words = open.split(/\s+/).map((word) => new Set(word.match(/[A-Z][a-z]?/g)));
  return words.flatMap((word) => [...word]).find((symbol, i, all) => all.indexOf(symbol) < i);
}
