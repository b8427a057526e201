import { basename } from 'node:path';
import { packagePath } from '../../local/shipped/package-root.ts';
import { SYMBOLS } from '../../shared/chemistry/elements.ts';
import { InputError } from '../../shared/errors.ts';
import { isDirectory } from '../../shared/io/store/files.ts';
import { readText } from '../../shared/io/tables/lines.ts';
import { formatJson } from '../../shared/json.ts';
import type { StructureLabel } from '../../shared/labels/label.ts';
import {
  countReasons,
  labelStructures,
  type SkippedStructure,
  UNUSABLE,
} from '../../shared/labels/label-structures.ts';
import { compress, formatLabels, formatSkipped } from '../../shared/labels/labels-file.ts';
import type { Substitution } from '../../shared/structure/substitute.ts';
import { parseTeacher, type Teacher, teacherIon } from '../../shared/teacher/teacher.ts';
import { interruptible } from '../terminal/interruptible.ts';
import { besideOutput, checkOutput, outputFile, tellBeside, writeTogether } from '../terminal/output-files.ts';
import { tellInputs } from '../terminal/tell-inputs.ts';
import { note } from '../terminal/terminal.ts';
import { shownStructures } from './shown-structures.ts';

interface LabelOptions {
  readonly out?: string;
  readonly teacher?: string;
  readonly substitute?: Substitution;
  readonly json?: boolean;
}

/** `label PATH… --out labels.csv`: the teacher's features and teacher probability of crystal structures. */
export async function runLabel(paths: readonly string[], options: LabelOptions): Promise<void> {
  const teacherPath = options.teacher ?? packagePath('models/teacher-sendek-2017.json');
  const teacher = parseTeacher(await readText(teacherPath), teacherPath);
  const out = options.out ?? (await printedOutput(paths));
  await checkOutput(out, [...paths, teacherPath]);
  await tellInputs([...paths, teacherPath]);
  const { substitute } = options;
  if (substitute !== undefined && substitute.to !== teacherIon(teacher))
    throw new InputError(
      `the mobile ion of teacher ${teacher.name} is ${teacher.mobileIon}, and ${SYMBOLS[substitute.to]} is to be put in the place of ${SYMBOLS[substitute.from]}`,
      { file: teacherPath, column: 'mobileIon' },
      'Substitute its mobile ion, or name another teacher with --teacher.',
    );
  const { labels, skipped } = await interruptible(
    'stopped; nothing is written: the same command begins anew. Label parts of the files one by one to keep what is done',
    (signal) => collect(paths, teacher, substitute, signal),
  );
  const counts = countReasons(skipped);
  if (labels.length === 0) throw nothingLabelled(paths, skipped, describeSkipped(counts), teacher);
  await tellBeside(out, await writeLabels(out, { labels, skipped, counts, teacher, json: options.json === true }));
}

/** Labels of files that are named are printed; a folder may have any number. */
async function printedOutput(paths: readonly string[]): Promise<string> {
  for (const path of paths)
    if (await isDirectory(path))
      throw new InputError(
        'is a folder, and its labels have no file to go to',
        { file: path },
        'Name one with --out labels.csv, or print them with --out -.',
      );
  return '-';
}

/** What came out of labelling. */
interface Labelled {
  readonly labels: readonly StructureLabel[];
  readonly skipped: readonly SkippedStructure[];
  readonly counts: ReturnType<typeof countReasons>; // of what was skipped
  readonly teacher: Teacher;
  readonly json: boolean; // asked for
}

/**
 * Write labels, and in a file beside theirs what was skipped. Where they go to no file, what was skipped is told, and they are
 * JSON themselves if that is asked for.
 *
 * @returns what to tell of it
 */
async function writeLabels(out: string, labelled: Labelled): Promise<string> {
  const { labels, skipped, json } = labelled;
  if ((await outputFile(out)) === undefined) {
    for (const { id, detail } of skipped) note(`skipped: ${detail.includes(id) ? '' : `${id}: `}${detail}`);
    const text = json ? formatJson({ ...figures(labelled), labels }) : formatLabels(labels);
    await writeTogether([[out, Buffer.from(text)]]);
    return describe(labelled);
  }
  const files = [out, skippedPath(out)];
  await writeTogether([
    [skippedPath(out), Buffer.from(formatSkipped(skipped))],
    [out, encode(out, formatLabels(labels))],
  ]);
  return json ? formatJson({ files, ...figures(labelled) }) : `${describe(labelled)}${files.join(' and ')} written\n`;
}

function figures({ labels, counts, teacher: { name, threshold } }: Labelled): Record<string, unknown> {
  const passed = labels.filter(({ probability }) => probability >= threshold).length;
  return { teacher: name, labelled: labels.length, threshold, passed, skipped: Object.fromEntries(counts) };
}

function describe(labelled: Labelled): string {
  const { teacher, labelled: count, threshold, passed } = figures(labelled);
  const lines = [
    `${count} structures labelled by ${teacher}, ${passed} with P >= ${threshold}`,
    ...describeSkipped(labelled.counts),
  ];
  return `${lines.join('\n')}\n`;
}

function describeSkipped(skipped: ReturnType<typeof countReasons>): string[] {
  return skipped.map(([reason, count]) => `${count} skipped: ${reason}`);
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
  signal: AbortSignal,
): Promise<{ labels: StructureLabel[]; skipped: SkippedStructure[] }> {
  const labels: StructureLabel[] = [];
  const skipped: SkippedStructure[] = [];
  for await (const result of labelStructures(shownStructures(paths, signal), teacher, substitute)) {
    if ('label' in result) labels.push(result.label);
    else skipped.push(result.skipped);
  }
  return { labels, skipped };
}

/** `labels.csv` and `labels.csv.gz` → `labels.skipped.csv`. */
function skippedPath(out: string): string {
  return besideOutput(out, `${basename(out).replace(/(\.csv)?(\.gz)?$/i, '')}.skipped.csv`);
}

function encode(path: string, text: string): Uint8Array {
  return path.toLowerCase().endsWith('.gz') ? compress(text) : Buffer.from(text);
}
