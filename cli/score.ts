import { Command } from 'commander';
import { type Composition, parseFormula } from '../shared/chemistry/formula.ts';
import { InputError, type Place } from '../shared/errors.ts';
import { readBytes } from '../shared/io/files.ts';
import { readLines } from '../shared/io/lines.ts';
import { IONIC_ANIONS, isIonic } from '../shared/labels/merge-polymorphs.ts';
import { openStudent } from '../shared/onnx/student-session.ts';
import { scoreComposition } from '../shared/screen/score-composition.ts';
import { formatTable } from './output.ts';
import { packagePath } from './package-root.ts';

interface Options {
  readonly file?: string;
  readonly student?: string;
  readonly json?: boolean;
}

/** A formula as the user wrote it, and where. */
interface Entry {
  readonly formula: string;
  readonly place: Place;
}

/** `score FORMULA…`: the student's probability of single compositions. */
export function scoreCommand(): Command {
  return new Command('score')
    .description('probability of compositions such as Li6.4La3Zr1.4Ta0.6O12, Li10Ge(PS6)2 or Li2SO4·H2O')
    .argument('[formula...]', 'formulas: fractional amounts, brackets and hydrate dots are read')
    .option('--file <file>', 'more formulas, one per line; empty lines and lines that begin with # are passed over')
    .option('--student <file>', 'model, as distill writes it (default: the shipped student)')
    .option('--json', 'print [{formula, probability}]')
    .action(score);
}

async function score(
  formulas: readonly string[],
  { file, student: path = packagePath('models/student.onnx'), json }: Options,
): Promise<void> {
  const entries = [
    ...formulas.map((formula): Entry => ({ formula, place: {} })),
    ...(file === undefined ? [] : await readEntries(file)),
  ];
  if (entries.length === 0)
    throw new InputError('no formula is given', { file }, 'Name formulas, or a file of them with --file.');
  const compositions = entries.map(({ formula, place }) => parseFormula(formula, place));
  const student = await openStudent(await readBytes(path), path);
  const results: { formula: string; probability: number }[] = [];
  for (const [i, { formula, place }] of entries.entries()) {
    results.push({
      formula,
      probability: await scoreComposition(student, compositions[i], { column: formula, ...place }),
    });
  }
  await student.release();
  noteForeign(entries, compositions);
  if (json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else
    process.stdout.write(
      formatTable(
        ['formula', 'probability'],
        results.map(({ formula, probability }) => [formula, probability.toFixed(6)]),
      ),
    );
}

/** Such compositions have a score too, but one that means little. */
function noteForeign(entries: readonly Entry[], compositions: readonly Composition[]): void {
  const foreign = entries.filter((_, i) => !isIonic({ anion: compositions[i].atomicNumbers.at(-1) as number }));
  if (foreign.length === 0) return;
  const formulas = foreign.map(({ formula }) => formula).join(', ');
  process.stderr.write(
    `outside the teacher's domain, as the most electronegative element is none of ${IONIC_ANIONS.join(' ')}: ${formulas}\n`,
  );
}

async function readEntries(file: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const { text, number } of readLines(file)) {
    const formula = text.trim();
    if (formula !== '' && !formula.startsWith('#')) entries.push({ formula, place: { file, line: number } });
  }
  return entries;
}
