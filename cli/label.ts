import { basename } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { atomicNumber, SYMBOLS } from '../shared/chemistry/elements.ts';
import { InputError } from '../shared/errors.ts';
import { readText } from '../shared/io/lines.ts';
import type { StructureLabel } from '../shared/labels/label.ts';
import { countReasons, labelStructures, type SkippedStructure, UNUSABLE } from '../shared/labels/label-structures.ts';
import { compress, formatLabels, formatSkipped } from '../shared/labels/labels-file.ts';
import { readStructures } from '../shared/structure/read-structures.ts';
import type { Substitution } from '../shared/structure/substitute.ts';
import { parseTeacher, type Teacher, teacherIon } from '../shared/teacher/teacher.ts';
import { beside, checkOutput, writeTogether } from './output-files.ts';
import { packagePath } from './package-root.ts';

interface LabelOptions {
  readonly out: string;
  readonly teacher?: string;
  readonly substitute?: Substitution;
}

/** `label PATH… --out labels.csv`: the teacher's features and teacher probability of crystal structures. */
export function labelCommand(): Command {
  return new Command('label')
    .description('label crystal structures with the teacher: its features and a probability each')
    .argument('<path...>', 'CIF, POSCAR or OPTIMADE JSON Lines files (plain or .gz), or directories of them')
    .requiredOption('--out <file>', 'labels file to write; compressed if it ends in .gz')
    .option('--teacher <file>', 'teacher file (default: the published teacher of Sendek et al. 2017)')
    .option(
      '--substitute <from=to>',
      'put one element in the place of another first, such as Li=Na; the cell grows with the ionic radii',
      parseSubstitution,
    )
    .action(label);
}

function parseSubstitution(text: string): Substitution {
  const [from, to, ...rest] = text.split('=').map(atomicNumber);
  if (from === undefined || to === undefined || from === to || rest.length > 0)
    throw new InvalidArgumentError('Give two elements such as Li=Na.');
  return { from, to };
}

async function label(paths: readonly string[], options: LabelOptions): Promise<void> {
  const teacherPath = options.teacher ?? packagePath('models/teacher-sendek-2017.json');
  const teacher = parseTeacher(await readText(teacherPath), teacherPath);
  await checkOutput(options.out, [...paths, teacherPath]);
  const { substitute } = options;
  if (substitute !== undefined && substitute.to !== teacherIon(teacher))
    throw new InputError(
      `the mobile ion of teacher ${teacher.name} is ${teacher.mobileIon}, and ${SYMBOLS[substitute.to]} is to be put in the place of ${SYMBOLS[substitute.from]}`,
      { file: teacherPath, column: 'mobileIon' },
      'Substitute its mobile ion, or name another teacher with --teacher.',
    );
  const { labels, skipped } = await collect(paths, teacher, substitute);
  const reasons = countReasons(skipped).map(([reason, count]) => `${count} skipped: ${reason}`);
  if (labels.length === 0) throw nothingLabelled(paths, skipped, reasons, teacher);
  await writeTogether([
    [skippedPath(options.out), Buffer.from(formatSkipped(skipped))],
    [options.out, encode(options.out, formatLabels(labels))],
  ]);
  const passed = labels.filter(({ probability }) => probability >= teacher.threshold).length;
  const lines = [
    `${labels.length} structures labelled by ${teacher.name}, ${passed} with P >= ${teacher.threshold}`,
    ...reasons,
    `${options.out} and ${skippedPath(options.out)} written`,
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** The first unusable structure's fault stands for all: what is wrong with it, and where. */
function nothingLabelled(
  paths: readonly string[],
  skipped: readonly SkippedStructure[],
  reasons: readonly string[],
  { mobileIon }: Teacher,
): InputError {
  const first = skipped.find(({ reason }) => reason === UNUSABLE) ?? skipped[0];
  return new InputError(
    `no structure could be labelled (${reasons.join('; ')}); ${first.id}: ${first.detail}`,
    { file: paths[0] },
    `Give at least one readable structure with ${mobileIon} and a more electronegative element.`,
  );
}

async function collect(
  paths: readonly string[],
  teacher: Teacher,
  substitute: Substitution | undefined,
): Promise<{ labels: StructureLabel[]; skipped: SkippedStructure[] }> {
  const labels: StructureLabel[] = [];
  const skipped: SkippedStructure[] = [];
  for await (const result of labelStructures(readStructures(paths), teacher, substitute)) {
    if ('label' in result) labels.push(result.label);
    else skipped.push(result.skipped);
  }
  return { labels, skipped };
}

/** `labels.csv` and `labels.csv.gz` → `labels.skipped.csv`. */
function skippedPath(out: string): string {
  return beside(out, `${basename(out).replace(/(\.csv)?(\.gz)?$/i, '')}.skipped.csv`);
}

function encode(path: string, text: string): Uint8Array {
  return path.toLowerCase().endsWith('.gz') ? compress(text) : Buffer.from(text);
}
