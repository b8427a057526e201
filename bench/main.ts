import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { naturalNumber, positiveInteger } from '../cli/terminal/options.ts';
import { describeError, exitCodeOf } from '../cli/terminal/output.ts';
import { packagePath } from '../local/shipped/package-root.ts';
import { DEFAULT_SPACE, openSpaceFile } from '../local/shipped/spaces.ts';
import { DEFAULT_STUDENT, findStudent, STUDENT_OPTION } from '../local/shipped/students.ts';
import { formatJson } from '../shared/json.ts';
import { RUN_OPTIONS } from '../shared/screen/run-option-table.ts';
import { distillAsProcess, distillWhole } from './distill-part.ts';
import { type BenchResults, formatResults } from './format-results.ts';
import { labels } from './label-part.ts';
import { describeMachine } from './machine.ts';
import { measure, type PartResult, ratiosOf } from './measure.ts';
import type { BenchContext, Part } from './part.ts';
import { reduce, reduceFinalists, reduceMostFinalists } from './reduce-part.ts';
import { scale } from './scale-part.ts';
import { endToEnd, kernel, peak } from './screening-parts.ts';
import { coldStart, planning } from './stage/stage-parts.ts';

/** Parts that are measured round by round in turn, since their ratios count, and parts on their own. */
const GROUPS: readonly (readonly Part[])[] = [
  [kernel, peak, endToEnd],
  ...[
    labels,
    distillAsProcess,
    distillWhole,
    reduce,
    reduceFinalists,
    reduceMostFinalists,
    coldStart,
    planning,
    scale,
  ].map((part) => [part]),
];
const PARTS = GROUPS.flat();
/** What is measured unless told otherwise; the rest takes minutes. */
const DEFAULT = PARTS.filter((part) => part !== scale).map(({ name }) => name);

interface Options {
  readonly json?: boolean;
  readonly only?: readonly string[];
  readonly repeats: number;
  readonly space: string;
  readonly student: string;
  readonly structures: string;
  readonly threads: number;
  readonly seed: number;
  readonly full?: boolean;
}

function partNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !PARTS.some((part) => part.name === name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(
      `There is no part ${unknown}; there are ${PARTS.map(({ name }) => name).join(', ')}.`,
    );
  return names;
}

async function bench({ json, only = DEFAULT, repeats, full = false, ...asked }: Options): Promise<void> {
  const { student } = findStudent(asked.student);
  const { file: space } = openSpaceFile(asked.space);
  const scratch = await mkdtemp(join(tmpdir(), 'ionsieve-bench-'));
  const note = (text: string): unknown => process.stderr.write(`${text}\n`);
  const context: BenchContext = { ...asked, space, student, studentOption: asked.student, scratch, full, note };
  try {
    const parts: Record<string, PartResult> = {};
    for (const group of GROUPS) {
      const wanted = group.filter(({ name }) => only.includes(name));
      Object.assign(parts, await measure(wanted, context, repeats));
    }
    const { threads, seed } = asked;
    const machine = describeMachine(await readFile(student));
    const results: BenchResults = { machine, threads, seed, space, parts, ratios: ratiosOf(parts) };
    process.stdout.write(json ? formatJson(results) : formatResults(results));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

await new Command('bench')
  .description('Measure how fast this machine does what the project does. Seeded; medians over repeats.')
  .option('--json', 'print everything as JSON, every sample included')
  .option('--only <parts>', `parts to measure, of ${PARTS.map(({ name }) => name).join(', ')}`, partNames)
  .option('--repeats <count>', 'rounds; parts that take long have fewer', positiveInteger, 3)
  .option('--space <file>', RUN_OPTIONS.space.says, DEFAULT_SPACE)
  .option('--student <student>', STUDENT_OPTION, DEFAULT_STUDENT)
  .option('--structures <file>', 'crystal structures to label', packagePath('../shared/data/mp-li.optimade.jsonl.gz'))
  .option('--threads <count>', 'threads that compute', positiveInteger, availableParallelism())
  .option('--seed <number>', 'seed of everything random', naturalNumber, 1)
  .option(
    '--full',
    'the full sizes too: a whole distillation, 7 GB of chunk results, and 2.5e10 compositions with `--only scale`',
  )
  .action(bench)
  .parseAsync()
  .catch((error) => {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = exitCodeOf(error);
  });
