import { describe, expect, it } from 'vitest';
import { readStructures } from '../../../shared/structure/formats/read-structures.ts';
import { structureFeatures } from '../../../shared/teacher/features.ts';
import { sharedCase } from '../../shared-data.ts';

const LITHIUM = 3;
const FEATURES = ['llb', 'sbi', 'afc', 'lasd', 'llsd'] as const;

/** The teacher's features of the only structure of a file. */
async function features(path: string) {
  for await (const result of readStructures([path])) {
    if ('error' in result) throw result.error;
    return structureFeatures(result.structure, LITHIUM, FEATURES);
  }
  throw new Error(`${path} has no structure`);
}

describe('the cases of OPTIMADE files', () => {
  const reference = sharedCase('optimade/o00-reference.jsonl');

  const assemblies = sharedCase('optimade/o01-assemblies.jsonl');
  it.skipIf(!assemblies)('o01 has the features of the same disorder by concentrations', async () => {
    const same = sharedCase('optimade/o01b-same-by-concentration.jsonl') as string;
    const found = await features(assemblies as string);
    expect(found).toEqual(await features(same));
    expect(found.llsd).toBeCloseTo(3.70078, 5);
  });

  for (const [id, file] of [
    ['o06, left-handed', 'optimade/o06-left-handed.jsonl'],
    ['o09, saved by the official client', 'optimade/o09-optimade-get.json'],
  ] as const) {
    const path = sharedCase(file);
    it.skipIf(!path)(`${id}, has the features of the reference`, async () => {
      expect(await features(path as string)).toEqual(await features(reference as string));
    });
  }

  for (const [id, file] of [
    ['o10', 'optimade/o10-pymatgen.json'],
    ['o10b', 'optimade/o10b-mp-api-docs.json'],
  ] as const) {
    const path = sharedCase(file);
    it.skipIf(!path)(`${id} is named with the way out`, async () => {
      await expect(features(path as string)).rejects.toThrow(
        /^(?!.*undefined).*is written in pymatgen's JSON, not in OPTIMADE\. Write it as CIF: Structure\.to\("x\.cif"\)/,
      );
    });
  }
});
