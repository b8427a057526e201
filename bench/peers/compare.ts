import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../../local/shipped/package-root.ts';
import { openSpaceFile } from '../../local/shipped/spaces.ts';
import { formatJson } from '../../shared/json.ts';
import { openStudent } from '../../shared/models/student-session.ts';
import { buildSpace } from '../../shared/space/space.ts';
import { compareEnumeration } from './enumeration.ts';
import { compareForest, compareNumpyList, type ListWork } from './list-scoring.ts';
import type { Bench, PeerComparison } from './side-by-side.ts';
import { compareScreening } from './space-screening.ts';
import { compareFeatures } from './structure-features.ts';
import { comparisonTable } from './table.ts';

/*
 * Ours against what people use, side by side: see README.md here, and `run`, which prepares the environment.
 * node dist/bench/peers/compare.js PYTHON SCRATCH [STRUCTURES]
 */
const [python, scratch, structures] = process.argv.slice(2);
const bench: Bench = { python, scratch };
mkdirSync(scratch, { recursive: true });
const studentFile = packagePath('models/student.onnx');
const student = await openStudent(readFileSync(studentFile), studentFile, 1);
const work: ListWork = { space: buildSpace(openSpaceFile('ionic-quinary').definition), student, studentFile };

const parts: readonly (() => Promise<PeerComparison[]>)[] = [
  () => compareEnumeration(bench),
  () => compareForest(bench, work),
  () => compareNumpyList(bench, work),
  () => compareScreening(bench, work),
  ...(structures ? [() => compareFeatures(bench, structures)] : []),
];
const comparisons: PeerComparison[] = [];
for (const part of parts) {
  try {
    comparisons.push(...(await part()));
  } catch (error) {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exitCode = 1;
  }
}
if (!structures) process.stderr.write('no structures given: their features are not compared\n');
const machine = `${cpus()[0].model}, Node ${process.version}, ${process.arch}`;
const file = join(scratch, 'comparison.json');
writeFileSync(file, formatJson({ machine, comparisons }));
process.stdout.write(`${comparisonTable(comparisons)}\n${machine}; one thread each. All figures: ${file}\n`);
await student.release();
