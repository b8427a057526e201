import { basename, dirname, join } from 'node:path';
import { Command } from 'commander';
import { InputError } from '../shared/errors.ts';
import { DirectoryStore } from '../shared/io/directory-store.ts';
import { readText } from '../shared/io/lines.ts';
import type { StructureLabel } from '../shared/labels/label.ts';
import { countReasons, labelStructures, type SkippedStructure } from '../shared/labels/label-structures.ts';
import { compress, formatLabels, formatSkipped } from '../shared/labels/labels-file.ts';
import { readStructures } from '../shared/structure/read-structures.ts';
import { parseTeacher, type Teacher } from '../shared/teacher/teacher.ts';
import { packagePath } from './package-root.ts';

interface LabelOptions {
  readonly out: string;
  readonly teacher?: string;
}

/** `label PATH… --out labels.csv`: features and teacher probability of crystal structures. */
export function labelCommand(): Command {
  return new Command('label')
    .description('label crystal structures with the teacher: five features and a probability each')
    .argument('<path...>', 'CIF, POSCAR or OPTIMADE JSON Lines files (plain or .gz), or directories of them')
    .requiredOption('--out <file>', 'labels file to write; compressed if it ends in .gz')
    .option('--teacher <file>', 'teacher file (default: the published teacher of Sendek et al. 2017)')
    .action(label);
}

async function label(paths: readonly string[], options: LabelOptions): Promise<void> {
  const teacherPath = options.teacher ?? packagePath('models/teacher-sendek-2017.json');
  const teacher = parseTeacher(await readText(teacherPath), teacherPath);
  const { labels, skipped } = await collect(paths, teacher);
  const reasons = countReasons(skipped).map(([reason, count]) => `${count} skipped: ${reason}`);
  if (labels.length === 0)
    throw new InputError(`no structure could be labelled (${reasons.join('; ')})`, { file: paths[0] }, NEEDED);
  await write(skippedPath(options.out), formatSkipped(skipped));
  await write(options.out, formatLabels(labels));
  const passed = labels.filter(({ probability }) => probability >= teacher.threshold).length;
  const lines = [
    `${labels.length} structures labelled by ${teacher.name}, ${passed} with P >= ${teacher.threshold}`,
    ...reasons,
    `${options.out} and ${skippedPath(options.out)} written`,
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}

const NEEDED = 'Give at least one readable structure with Li and a more electronegative element.';

async function collect(
  paths: readonly string[],
  teacher: Teacher,
): Promise<{ labels: StructureLabel[]; skipped: SkippedStructure[] }> {
  const labels: StructureLabel[] = [];
  const skipped: SkippedStructure[] = [];
  for await (const result of labelStructures(readStructures(paths), teacher)) {
    if ('label' in result) labels.push(result.label);
    else skipped.push(result.skipped);
  }
  return { labels, skipped };
}

/** `labels.csv` and `labels.csv.gz` → `labels.skipped.csv`. */
function skippedPath(out: string): string {
  return join(dirname(out), `${basename(out).replace(/(\.csv)?(\.gz)?$/i, '')}.skipped.csv`);
}

async function write(path: string, text: string): Promise<void> {
  const bytes = path.toLowerCase().endsWith('.gz') ? compress(text) : new TextEncoder().encode(text);
  await new DirectoryStore(dirname(path)).put(basename(path), bytes);
}
