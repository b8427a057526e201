import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { type Composition, composition, parseFormula } from '../../../shared/chemistry/formula.ts';
import { readStructures } from '../../../shared/structure/formats/read-structures.ts';
import { signedVolume, transform } from '../../../shared/structure/lattice.ts';
import type { Structure } from '../../../shared/structure/structure.ts';
import { sharedData } from '../../shared-data.ts';

const database = sharedData('mp-li.optimade.jsonl.gz');
const cifs = sharedData('cif-sample');
const measured = sharedData('obelix-train');

async function readAll(path: string): Promise<Map<string, Structure>> {
  const structures = new Map<string, Structure>();
  for await (const result of readStructures([path])) {
    if ('error' in result) throw result.error;
    structures.set(result.structure.id, result.structure);
  }
  return structures;
}

/** Largest distance (Å) from an atom of one structure to the nearest atom of its element in the other. */
function largestShift(from: Structure, to: Structure): number {
  let largest = 0;
  for (let i = 0; i < from.sites.length; i++) {
    let nearest = Number.POSITIVE_INFINITY;
    for (let j = 0; j < to.sites.length; j++) {
      if (from.atomicNumbers[i] !== to.atomicNumbers[j]) continue;
      const [x, y, z] = [0, 1, 2].map((k) => {
        const difference = from.fractional[3 * i + k] - to.fractional[3 * j + k];
        return difference - Math.round(difference);
      });
      nearest = Math.min(nearest, Math.hypot(...transform(x, y, z, to.lattice)));
    }
    largest = Math.max(largest, nearest);
  }
  return largest;
}

/** Largest difference in the fraction of an element. */
function compositionDifference(a: Composition, b: Composition): number {
  const fractions = [a, b].map(({ atomicNumbers, amounts }) => {
    const total = amounts.reduce((sum, amount) => sum + amount, 0);
    return new Map(atomicNumbers.map((z, i) => [z, amounts[i] / total]));
  });
  const elements = [...a.atomicNumbers, ...b.atomicNumbers];
  return Math.max(...elements.map((z) => Math.abs((fractions[0].get(z) ?? 0) - (fractions[1].get(z) ?? 0))));
}

describe.skipIf(!database || !cifs)('the 21,755 structures and their CIF sample', () => {
  it('are all read, and the 300 CIFs are the structures of the same ids within the rounding of 1e-5 Å', async () => {
    const fromLines = await readAll(database as string);
    const fromCifs = await readAll(cifs as string);
    expect([fromLines.size, fromCifs.size]).toEqual([21_755, 300]);
    for (const [id, cif] of fromCifs) {
      const line = fromLines.get(id) as Structure;
      expect([...cif.atomicNumbers].sort(), id).toEqual([...line.atomicNumbers].sort());
      expect(signedVolume(cif.lattice) / signedVolume(line.lattice), id).toBeCloseTo(1, 4);
      expect(largestShift(cif, line), id).toBeLessThan(1e-3);
      expect(largestShift(line, cif), id).toBeLessThan(1e-3);
    }
  });
});

describe.skipIf(!measured)('the 254 CIFs of measured crystals', () => {
  it('are all read, 235 with the tabulated composition; the others say otherwise in the file itself', async () => {
    const root = measured as string;
    const structures = await readAll(join(root, 'train_randomized_cifs'));
    expect(structures.size).toBe(254);
    const rows: Record<string, string>[] = parse(readFileSync(join(root, 'train.csv')), { columns: true });
    const formulas = new Map(rows.map((row) => [row.ID, row['Reduced Composition']]));
    const differing = [...structures.values()].filter((structure) => {
      const found = composition(structure.atomicNumbers, structure.occupancies);
      return compositionDifference(found, parseFormula(formulas.get(structure.id) as string)) > 0.01;
    });
    // Li or H was not located, or occupancies were refined (see the _chemical_formula_sum of each file)
    const expected = 'b4c hx7 9yt ckw yab s3h etz hta u2y 5tl vg0 u8r 8fn dlj cy2 mg4 ga9 tjh dmq'.split(' ');
    expect(differing.map(({ id }) => id).sort()).toEqual(expected.sort());
  });

  it('keep a site that is split by 0.04 Å apart, and have no site that is overfull', async () => {
    const structures = await readAll(join(measured as string, 'train_randomized_cifs'));
    const split = structures.get('my9') as Structure; // Li1, written with the multiplicity 36
    expect(split.atomicNumbers.filter((z, i) => z === 3 && split.occupancies[i] < 1).length).toBe(36);
    for (const { id, sites, occupancies } of structures.values()) {
      const sums = new Float64Array(sites.length);
      sites.forEach((site, i) => {
        sums[site] += occupancies[i];
      });
      expect(Math.max(...sums), id).toBeLessThan(1 + 1e-9);
    }
  });
});
