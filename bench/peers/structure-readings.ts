import { join } from 'node:path';
import { fileSource } from '../../shared/io/store/byte-source.ts';
import { filesBelow } from '../../shared/io/store/files.ts';
import {
  readStructureFile,
  type StructureFile,
  type StructureResult,
  structureFile,
} from '../../shared/structure/formats/read-structures.ts';

/*
 * What ionsieve reads of every CIF and POSCAR file below a folder, a line of JSON each, for `structure_readers.py`.
 * node dist/bench/peers/structure-readings.js FOLDER > READINGS.jsonl
 */
const [folder] = process.argv.slice(2);
let others = 0;
for (const path of await filesBelow(folder)) {
  const file = structureFile(fileSource(join(folder, path)), path);
  if (file === undefined || file.format === 'optimade') others++;
  else process.stdout.write(`${JSON.stringify({ path, format: file.format, structures: await readingsOf(file) })}\n`);
}
process.stderr.write(`${others} other files passed over\n`);

async function readingsOf(file: StructureFile): Promise<object[]> {
  const readings: object[] = [];
  for await (const result of readStructureFile(file)) readings.push(toldAs(result));
  return readings;
}

function toldAs(result: StructureResult): object {
  if ('error' in result) return { id: result.id, problem: result.error.problem };
  const { id, lattice, atomicNumbers, fractional, occupancies } = result.structure;
  const atoms = Array.from(atomicNumbers, (z, i) => [z, occupancies[i], ...fractional.subarray(3 * i, 3 * i + 3)]);
  return { id, lattice: [...lattice], atoms };
}
