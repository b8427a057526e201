import { findStudent } from '../../local/shipped/students.ts';
import { type Composition, parseFormula } from '../../shared/chemistry/formula.ts';
import { InputError, type Place } from '../../shared/errors.ts';
import { readBytes } from '../../shared/io/store/files.ts';
import { rowCell } from '../../shared/io/tables/bad-row.ts';
import { findFormulaColumn } from '../../shared/io/tables/formula-column.ts';
import { openTable } from '../../shared/io/tables/table-file.ts';
import { IONIC_ANIONS, isIonic } from '../../shared/labels/merge-polymorphs.ts';
import { BESIDE, beside, readModel } from '../../shared/models/companions.ts';
import { scoreComposition } from '../../shared/models/score-composition.ts';
import { openStudentCommittee } from '../../shared/models/student-committee.ts';
import { openStudent, type StudentMetadata, type StudentSession } from '../../shared/models/student-session.ts';
import type { RankingColumn } from '../../shared/ranking/columns.ts';
import { committeeColumns, type OnScored, rescore } from '../../shared/ranking/rescore.ts';
import { noteLabelsOnly } from '../models/labels-only-note.ts';
import { noteSheet } from '../terminal/note-sheet.ts';
import { formatTable, printJson } from '../terminal/output.ts';
import { countedWhile, Progress } from '../terminal/progress.ts';
import { tellInputs } from '../terminal/tell-inputs.ts';
import { note } from '../terminal/terminal.ts';

interface Options {
  readonly file?: string;
  readonly student: string;
  readonly committee?: string;
  readonly json?: boolean;
}

interface Score {
  readonly formula: string;
  readonly probability: number;
}

/** A formula as the user wrote it, and where. */
interface Entry {
  readonly formula: string;
  readonly place: Place;
}

/** `score FORMULA…`: the student's probability of single compositions, and the committee's. */
export async function runScore(
  formulas: readonly string[],
  { file, student: asked, committee, json }: Options,
): Promise<void> {
  const entries = [
    ...formulas.map((formula): Entry => ({ formula, place: {} })),
    ...(file === undefined ? [] : await readEntries(file)),
  ];
  if (entries.length === 0)
    throw new InputError('no formula is given', { file }, 'Name formulas, or a file of them with --file.');
  const compositions = entries.map(({ formula, place }) => parseFormula(formula, place));
  const { student: path } = findStudent(asked);
  await tellInputs([file, path, committee ?? beside(path, BESIDE.committee)]);
  const student = await openStudent(await readModel(path), path);
  const results = await scoreAll(student, entries, compositions);
  await student.release();
  const columns = await countedWhile({ did: 'scored', unit: 'formulas by the committee' }, (onScored) =>
    committeeScores(path, student.metadata, committee, { compositions, onScored }),
  );
  if (columns.length > 0) noteLabelsOnly(student.metadata);
  noteForeign(entries, compositions);
  if (json) printJson(asRecords(results, columns));
  else process.stdout.write(formatScores(results, columns));
}

async function scoreAll(
  student: StudentSession,
  entries: readonly Entry[],
  compositions: readonly Composition[],
): Promise<Score[]> {
  const results: Score[] = [];
  const work = { did: 'scored', unit: 'formulas' };
  const progress = new Progress(process.stderr, work, () => ({ done: results.length, total: entries.length }));
  try {
    for (const [i, { formula, place }] of entries.entries()) {
      const probability = await scoreComposition(student, compositions[i], { column: formula, ...place });
      results.push({ formula, probability });
    }
  } finally {
    progress.stop();
  }
  return results;
}

function asRecords(scores: readonly Score[], columns: readonly RankingColumn[]): Record<string, unknown>[] {
  return scores.map((score, i) => ({
    ...score,
    ...Object.fromEntries(columns.map(({ name, values }) => [name, values[i]])),
  }));
}

function formatScores(scores: readonly Score[], columns: readonly RankingColumn[]): string {
  const rows = scores.map(({ formula, probability }, i) => [
    ...[formula, probability.toFixed(6)],
    ...columns.map(({ values }) => Number(values[i]).toFixed(6)),
  ]);
  return formatTable(['formula', 'probability', ...columns.map(({ name }) => name)], rows);
}

/** Columns of the student's committee; none if there is none. */
async function committeeScores(
  path: string,
  student: StudentMetadata,
  committee: string | undefined,
  { compositions, onScored }: { readonly compositions: readonly Composition[]; readonly onScored: OnScored },
): Promise<RankingColumn[]> {
  const session = await openStudentCommittee(path, student, committee);
  if (session === undefined) return [];
  try {
    return committeeColumns(await rescore(session, compositions, 1, onScored));
  } finally {
    await session.release();
  }
}

/** Such compositions have a score too, but one that means little. */
function noteForeign(entries: readonly Entry[], compositions: readonly Composition[]): void {
  const foreign = entries.filter((_, i) => !isIonic({ anion: compositions[i].atomicNumbers.at(-1) as number }));
  if (foreign.length === 0) return;
  const formulas = foreign.map(({ formula }) => formula).join(', ');
  note(
    `outside the teacher's domain, as the most electronegative element is none of ${IONIC_ANIONS.join(' ')}: ${formulas}`,
  );
}

/** Formulas of a table, or of a text with one a line. */
async function readEntries(file: string): Promise<Entry[]> {
  const options = { mayLackHeader: true, onSheet: noteSheet(file) };
  const { name, columns, line, delimiter, rows } = await openTable(await readBytes(file), file, options);
  const cell = findFormulaColumn(columns, { file: name, line });
  const layout = { cell, width: columns.length, delimiter };
  const column = columns.length === 1 ? {} : { column: columns[cell] };
  return rows
    .filter(({ cells }) => cells.some((text) => text.trim() !== ''))
    .map(({ cells, line }) => {
      const place = { file: name, line, ...column };
      const formula = rowCell(cells, layout);
      if (typeof formula === 'object') throw new InputError(formula.problem, place, 'Correct the row, or delete it.');
      if (formula === undefined || formula.trim() === '')
        throw new InputError('the row has no formula', place, 'Fill it in, or delete the row.');
      return { formula: formula.trim(), place };
    });
}
