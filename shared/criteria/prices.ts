import { atomicNumber, elementProperty, MAX_ATOMIC_NUMBER } from '../chemistry/elements.ts';

/*
 * US dollars per kilogram of the element in the cheapest form that is traded (metal, oxide, ore, …), most of 2019 and
 * 2020, the lower end where a range is given: Wikipedia, "Prices of chemical elements", whose lines name their own sources
 * (USGS Mineral Commodity Summaries, Shanghai Metals Market, exchanges; retail for Rb, Cs, Tl). Elements that are not
 * traded have none; all of them are radioactive.
 */
const TABLE =
  'H 1.39 He 24 Li 81.4 Be 857 B 3.68 C 0.122 N 0.14 O 0.154 F 1.84 Ne 240 Na 2.57 Mg 2.32 Al 1.79 Si 1.7 P 2.69 S 0.0926 ' +
  'Cl 0.082 Ar 0.931 K 12.1 Ca 2.21 Sc 3460 Ti 11.1 V 357 Cr 9.4 Mn 1.82 Fe 0.424 Co 32.8 Ni 13.9 Cu 6 Zn 2.55 Ga 148 ' +
  'Ge 914 As 0.999 Se 21.4 Br 4.39 Kr 290 Rb 15500 Sr 6.53 Y 31 Zr 35.7 Nb 61.4 Mo 40.1 Ru 10400 Rh 147000 Pd 49500 Ag 521 ' +
  'Cd 2.73 In 167 Sn 18.7 Sb 5.79 Te 63.5 I 35 Xe 1800 Cs 61800 Ba 0.246 La 4.78 Ce 4.57 Pr 103 Nd 57.5 Sm 13.9 Eu 31.4 ' +
  'Gd 28.6 Tb 658 Dy 307 Ho 57.1 Er 26.4 Tm 3000 Yb 17.1 Lu 643 Hf 900 Ta 298 W 35.3 Re 3010 Os 12000 Ir 55500 Pt 27800 ' +
  'Au 44800 Hg 30.2 Tl 4200 Pb 2 Bi 6.36 Th 287 U 101';

/** Price by atomic number, US dollars per kilogram of the element; NaN = not traded. Shape (MAX_ATOMIC_NUMBER + 1,). */
export const PRICE: Float64Array = new Float64Array(MAX_ATOMIC_NUMBER + 1).fill(Number.NaN);
for (const [, symbol, price] of TABLE.matchAll(/(\S+) (\S+)/g)) PRICE[atomicNumber(symbol) as number] = Number(price);

/** Atomic mass by atomic number, u. */
const MASS = elementProperty('atomicMass');

/** Share of lithium in the mass of an element by atomic number, %. */
const LITHIUM_PERCENT = new Float64Array(MAX_ATOMIC_NUMBER + 1);
LITHIUM_PERCENT[3] = 100;

/**
 * Price of what a composition is made of: that of its elements by their share of the mass. No processing is in it.
 *
 * @param elements atomic numbers, those of the composition at [elementsFrom, elementsFrom + arity)
 * @param amounts theirs, at [amountsFrom, amountsFrom + arity)
 * @returns US dollars per kilogram of the composition; NaN if an element has no price
 */
export function rawMaterialCost(
  elements: ArrayLike<number>,
  amounts: ArrayLike<number>,
  arity = elements.length,
  elementsFrom = 0,
  amountsFrom = 0,
): number {
  return meanByMass(PRICE, elements, amounts, arity, elementsFrom, amountsFrom);
}

/** Share of lithium in the mass of a composition, %; parameters as those of {@link rawMaterialCost}. */
export function lithiumMassPercent(
  elements: ArrayLike<number>,
  amounts: ArrayLike<number>,
  arity = elements.length,
  elementsFrom = 0,
  amountsFrom = 0,
): number {
  return meanByMass(LITHIUM_PERCENT, elements, amounts, arity, elementsFrom, amountsFrom);
}

/** Mean of a property of the elements, by atomic number, over the mass of a composition. */
function meanByMass(
  property: Float64Array,
  elements: ArrayLike<number>,
  amounts: ArrayLike<number>,
  arity: number,
  elementsFrom: number,
  amountsFrom: number,
): number {
  let mass = 0;
  let sum = 0;
  for (let e = 0; e < arity; e++) {
    const z = elements[elementsFrom + e];
    const share = amounts[amountsFrom + e] * MASS[z];
    mass += share;
    sum += share * property[z];
  }
  return sum / mass;
}
