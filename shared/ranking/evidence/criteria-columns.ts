import type { Composition } from '../../chemistry/formula.ts';
import { lithiumMassPercent, rawMaterialCost } from '../../criteria/prices.ts';
import { roundSignificant } from '../../io/tables/csv.ts';
import type { RankingColumn } from '../columns.ts';

const DIGITS = 4; // significant; prices are not known to as many

/** What criteria on amounts go by, of every composition of a ranking. */
export function criteriaColumns(compositions: readonly Composition[]): RankingColumn[] {
  const rounded = (value: number): number | null => (Number.isNaN(value) ? null : roundSignificant(value, DIGITS));
  return [
    {
      name: 'raw_material_usd_per_kg',
      type: 'DOUBLE',
      values: compositions.map(({ atomicNumbers, amounts }) => rounded(rawMaterialCost(atomicNumbers, amounts))),
      description:
        'Price of the elements in a kilogram of the composition, US$, in the cheapest form that is traded (2019 to 2020); ' +
        'none if an element is not traded.',
    },
    {
      name: 'lithium_mass_percent',
      type: 'DOUBLE',
      values: compositions.map(({ atomicNumbers, amounts }) => rounded(lithiumMassPercent(atomicNumbers, amounts))),
      description: 'Share of lithium in the mass, %.',
    },
  ];
}
