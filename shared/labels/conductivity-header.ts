import { isRoomTemperature, ROOM_TEMPERATURE, toCelsius } from './room-temperature.ts';

/** How the numbers of a column become decimal logarithms of S/cm. */
export interface ConductivityUnit {
  readonly logarithm?: '10' | 'e'; // of which base the values are logarithms; absent = they are none
  readonly guessed: boolean; // the header says `log` and no base
  readonly sign: 1 | -1; // -1: the values are negative logarithms
  readonly shift: number; // log10 of the unit in S/cm
  readonly timesTemperature: boolean; // the values are of σT, in K
  readonly text: string; // for messages, such as `log10 of mS/cm`
}

/** What a column's name says of conductivities. */
export interface ConductivityHeader {
  readonly scale?: ConductivityUnit | undefined; // absent: `unclear` says why
  readonly unclear?: string | undefined;
  readonly other?: string | undefined; // it is of something else than what is looked for, such as `error`
  readonly needsTemperature: boolean; // σ(T), or σT
}

const DOT = ' ?[.*]? ?';
const PREFIX = '(?<prefix>m|μ|u|n|milli|micro|nano)?';
const SIEMENS = `${PREFIX}(?:S|[Ss]iemens|mho)`;
const OHM = '(?:[Oo]hms?|OHM|Ω)';
const LENGTH = '(?<length>c?m|centimet(?:er|re)|met(?:er|re))';
const INVERSE = ' ?\\^? ?-1';
const KELVIN = `(?<kelvin>${DOT}K)?`;
/** Units of conductivity, in names that were made plain; the last one needs a word that says what it is. */
export const UNITS = [
  `${SIEMENS}${KELVIN}(?: ?/ ?| per )${LENGTH}`,
  `${SIEMENS}${DOT}${LENGTH}${INVERSE}${KELVIN}`,
  `${SIEMENS}${KELVIN}${DOT}${LENGTH}${INVERSE}`,
  `(?<kelvin>K${DOT})${SIEMENS}(?: ?/ ?| per |${DOT})${LENGTH}(?:${INVERSE})?`,
  `1 ?/ ?${OHM}(?:${DOT}| ?/ ?|-)${LENGTH}`,
  `${OHM}${INVERSE}${DOT}${LENGTH}${INVERSE}${KELVIN}`,
  `${OHM}${INVERSE}${KELVIN}${DOT}${LENGTH}${INVERSE}`,
  `${OHM}${INVERSE} ?/ ?${LENGTH}`,
  `${LENGTH}${INVERSE}${DOT}${OHM}${INVERSE}`,
  `${SIEMENS}[ .*]${LENGTH}`,
].map((unit) => new RegExp(`(?<=^|[ /,;:.*|="'-])${unit}(?=$|[ ,;:|="'*])`, 'u'));
const WEAK_UNIT = UNITS[UNITS.length - 1];
const NAMED = /σ|κ|sigma|kappa|cond/i;
const PREFIX_LOG10: Readonly<Record<string, number>> = { m: -3, u: -6, μ: -6, n: -9 };
/** A prefix that does not touch its unit. */
const LOOSE_PREFIX = /(?:^| )(?:[mnkMGpuμ]|mu|milli|micro|nano|kilo|mega) ?$/;
const FACTORS = [
  /(?<![\p{L}\d.])(?:1(?:\.0*)? ?[x*.]? ?|[x*] ?)?10 ?(?<power>\^ ?[-+]?\d+|-\d+)(?![\d.])/iu,
  /(?<![\p{L}\d.])(?:[x*] ?)?(?:1(?:\.0*)?)?e(?<power>[-+]?\d+)(?![\d.])/iu,
];
const LOGARITHM =
  /(?:(?<minus>(?<![\p{L}\d])-|neg(?:ative)?|minus) ?)?(?<!\p{L})(?<base>ln|log ?e(?!\p{L})|natural log(?:arithm)?|lg|log(?:arithm(?:ic)?)?(?: ?10(?![\d.]))?)(?=$|\P{L}|[σκ]|sigma|cond)/iu;
const COLOGARITHM = /(?<!\p{L})p ?(?=σ|sigma|cond)/iu;
const TEMPERATURE =
  /(?:(?<!\p{L})T ?= ?|@ ?)?(?<value>(?:(?<=^| )-)?(?<![\d.])\d+(?:\.\d+)?) ?(?:°|deg(?:rees?)? ?|o)? ?(?<unit>[CK])(?:elsius|elvin)?(?![\p{L}\d.])/u;
/** The only numbers without a unit that say which temperature is meant. */
const BARE_TEMPERATURE = /(?<![\d.])(?:25|298(?:\.15)?)(?![\p{L}\d.])/u;
const TIMES_T = /(?:σ|[Ss]igma|[Cc]onductivity) ?[.*x]? ?T(?!\p{L})|(?<!\p{L})T ?[.*x]? ?(?:σ|[Ss]igma)/u;
const OF_T = /(σ|sigma|conductivity)\s*\(\s*T\s*\)/i;
const INVERSE_OHM_LENGTH = /\(\s*(?:ohms?|Ω)\s*[.*-]?\s*(c?m)\s*\)\s*\^?\s*-1/giu;
const OTHER =
  /(?<!\p{L})(?:electron(?:ic)?|hole|thermal|errors?|err|std|sd|stdev|deviation|sem|unc(?:ertainty)?|var(?:iance)?|min(?:imum)?|max(?:imum)?|lower|upper|low|high|limit|range|ratio|relative|molar|equivalent|diff(?:erence)?|delta|activation|pre-?factor|grain ?boundar(?:y|ies)|gb|resistivity|resistance|pred(?:icted|iction)?|calc(?:ulated)?|computed|simulated|theor(?:y|etical)?|dft|aimd|md)(?!\p{L})|Δ|±/iu;
/** What is left over and may change the meaning. */
const LEFT_OVER = /\d[\d.]*|(?<!\p{L})(?:K|per|log|ln|milli|micro|nano|kilo|mega)(?!\p{L})|(?<!\p{L})log|[%?^]/iu;

/**
 * What a column's name says of conductivities: the unit, a factor before it, a logarithm, a product with temperature.
 * Undefined if it has no unit of conductivity.
 */
export function readConductivityHeader(name: string): ConductivityHeader | undefined {
  const plain = plainName(name);
  const unit = UNITS.map((form) => form.exec(plain)).find((match) => match !== null);
  if (unit == null || (unit[0] === WEAK_UNIT.exec(plain)?.[0] && !NAMED.test(plain))) return undefined;
  const before = plain.slice(0, unit.index);
  const needsTemperature = OF_T.test(name.normalize('NFKC'));
  if (LOOSE_PREFIX.test(before)) return { unclear: `${before.trim()} before the unit`, needsTemperature };
  return readRest(`${before} | ${plain.slice(unit.index + unit[0].length)}`, unit, needsTemperature);
}

/** The name with one sign for each minus, dot and cross, and without brackets and underscores. */
function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[·•⋅∙]/g, '.')
    .replace(/×/g, '*')
    .replace(/\*\*/g, '^')
    .replace(/\^\s*[({]\s*([-+]?\d+)\s*[)}]/g, '^$1')
    .replace(OF_T, '$1')
    .replace(INVERSE_OHM_LENGTH, 'ohm-1 $1-1')
    .replace(/[()[\]{}$\s_]+/g, ' ')
    .trim();
}

/** Parts of a name that are read and taken away, one after another. */
class Rest {
  text: string;

  constructor(text: string) {
    this.text = text;
  }

  take(...forms: readonly RegExp[]): RegExpExecArray | undefined {
    const match = forms.map((form) => form.exec(this.text)).find((each) => each !== null) ?? undefined;
    if (match !== undefined)
      this.text = `${this.text.slice(0, match.index)} ${this.text.slice(match.index + match[0].length)}`;
    return match;
  }
}

function readRest(text: string, unit: RegExpExecArray, ofTemperature: boolean): ConductivityHeader {
  const rest = new Rest(text);
  const temperature = rest.take(TEMPERATURE) ?? rest.take(BARE_TEMPERATURE);
  const power = rest.take(...FACTORS)?.groups?.power.replace(/[\^ ]+/, '');
  const logarithm = rest.take(LOGARITHM);
  const cologarithm = rest.take(COLOGARITHM);
  const product = rest.take(TIMES_T) !== undefined;
  const kelvin = unit.groups?.kelvin !== undefined;
  const needsTemperature = ofTemperature || kelvin || /(?<!\p{L})T(?!\p{L})/u.test(rest.text);
  const problem = [
    power !== undefined &&
      Number(power) >= 0 &&
      `10^${Number(power)}, by which the values may be multiplied or are to be`,
    power !== undefined && (logarithm ?? cologarithm) !== undefined && 'a factor and a logarithm',
    logarithm !== undefined && cologarithm !== undefined && 'two logarithms',
    product && !kelvin && 'σT without K in its unit',
    LEFT_OVER.exec(rest.text)?.[0],
  ].find((each) => typeof each === 'string');
  if (typeof problem === 'string') return { unclear: problem, needsTemperature };
  const scale = scaleOf({ unit, power, logarithm, cologarithm, kelvin });
  return { scale, needsTemperature, other: otherTemperature(temperature) ?? OTHER.exec(rest.text)?.[0] };
}

interface Parts {
  readonly unit: RegExpExecArray;
  readonly power: string | undefined;
  readonly logarithm: RegExpExecArray | undefined;
  readonly cologarithm: RegExpExecArray | undefined;
  readonly kelvin: boolean;
}

function scaleOf({ unit, power, logarithm, cologarithm, kelvin }: Parts): ConductivityUnit {
  const { prefix = '', length = '' } = unit.groups ?? {};
  const letter = prefix === 'micro' ? 'μ' : prefix.slice(0, 1);
  const centimetre = length.startsWith('c');
  const log = logarithmOf(logarithm, cologarithm);
  const factor = power === undefined ? '' : `10^${Number(power)} `;
  return {
    ...log,
    shift: (PREFIX_LOG10[letter] ?? 0) + (centimetre ? 0 : -2) + Number(power ?? 0),
    timesTemperature: kelvin,
    text: `${log.text}${factor}${letter}S${kelvin ? ' K' : ''}/${centimetre ? 'cm' : 'm'}`,
  };
}

function logarithmOf(
  logarithm: RegExpExecArray | undefined,
  cologarithm: RegExpExecArray | undefined,
): Pick<ConductivityUnit, 'logarithm' | 'guessed' | 'sign' | 'text'> {
  if (cologarithm !== undefined) return { logarithm: '10', guessed: false, sign: -1, text: '-log10 of ' };
  const { base, minus } = logarithm?.groups ?? {};
  if (base === undefined) return { guessed: false, sign: 1, text: '' };
  const natural = /^(?:ln|natural|log ?e)/i.test(base);
  return {
    logarithm: natural ? 'e' : '10',
    guessed: /^log(?:arithm(?:ic)?)?$/i.test(base),
    sign: minus === undefined ? 1 : -1,
    text: `${minus === undefined ? '' : '-'}${natural ? 'ln' : 'log10'} of `,
  };
}

function otherTemperature(match: RegExpExecArray | undefined): string | undefined {
  const { value, unit } = match?.groups ?? {};
  if (value === undefined || unit === undefined || isRoomTemperature(toCelsius(Number(value), unit))) return undefined;
  return `at ${value} ${unit === 'C' ? '°C' : 'K'}, not ${ROOM_TEMPERATURE}`;
}
