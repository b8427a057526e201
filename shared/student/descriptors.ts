import type { Composition } from '../chemistry/formula.ts';
import type { ElementFeatures } from './element-features.ts';

const STATISTICS = ['mean', 'average deviation', 'minimum', 'maximum', 'range'] as const;
const EXTRAS = ['elements', '2-norm', '3-norm', 'largest fraction', 'mobile-ion fraction', 'anion fraction'] as const;

/** Names of the generic descriptors, in column order. */
export function descriptorNames(features: ElementFeatures): string[] {
  return [...features.names.flatMap((name) => STATISTICS.map((statistic) => `${statistic} ${name}`)), ...EXTRAS];
}

/**
 * Generic composition descriptors after Ward et al., npj Comput. Mater. 2, 16028 (2016), doi:10.1038/npjcompumats.2016.28:
 * fraction-weighted statistics of every element property, and the stoichiometry's norms.
 *
 * @param compositions of known elements, in formula order, so that the anion is last
 * @returns shape (compositions, descriptorNames) row-major; properties are standardized
 */
export function describe(
  features: ElementFeatures,
  compositions: readonly Composition[],
  mobileIon: number,
): Float32Array {
  const width = features.names.length * STATISTICS.length + EXTRAS.length;
  const table = new Float32Array(compositions.length * width);
  compositions.forEach((composition, i) => {
    writeDescriptors(features, composition, mobileIon, table.subarray(i * width, (i + 1) * width));
  });
  return table;
}

function writeDescriptors(
  features: ElementFeatures,
  { atomicNumbers, amounts }: Composition,
  mobileIon: number,
  row: Float32Array,
): void {
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  const fractions = amounts.map((amount) => amount / total);
  const rows = atomicNumbers.map((z) => features.rowByAtomicNumber[z]);
  const properties = features.names.length;
  for (let j = 0; j < properties; j++) {
    const values = rows.map((e) => features.values[e * properties + j]);
    const mean = values.reduce((sum, value, e) => sum + fractions[e] * value, 0);
    const deviation = values.reduce((sum, value, e) => sum + fractions[e] * Math.abs(value - mean), 0);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    row.set([mean, deviation, low, high, high - low], j * STATISTICS.length);
  }
  const norm = (p: number): number => fractions.reduce((sum, f) => sum + f ** p, 0) ** (1 / p);
  const mobile = fractions[atomicNumbers.indexOf(mobileIon)] ?? 0;
  const extras = [
    atomicNumbers.length,
    norm(2),
    norm(3),
    Math.max(...fractions),
    mobile,
    fractions[fractions.length - 1],
  ];
  row.set(extras, properties * STATISTICS.length);
}
