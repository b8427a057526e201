import { formatFormula, parseFormula, reduced } from '../shared/chemistry/formula.ts';
import { InputError } from '../shared/errors.ts';
import { parseCsv } from '../shared/io/tables/csv.ts';
import type { FormulaLabel, StructureLabel } from '../shared/labels/label.ts';
import type { HeldOutProbabilities } from './student-comparison.ts';

/** A candidate of the paper, which every student here judges without having seen its chemical system. */
export interface CandidateRow {
  readonly id: string; // Materials Project
  readonly formula: string;
  readonly published: number; // probability, as published
  readonly teacher: number; // of that structure, as computed here
  readonly label: number; // of the formula: mean over its structures
  readonly students: Readonly<Record<string, number>>; // probability by kind of student
}

/**
 * The published candidates with their systems held out.
 *
 * @param text CSV with the columns mp_id,published_probability
 * @param file name for error messages
 * @throws {InputError} if a candidate has no label
 */
export function judgeCandidates(
  text: string,
  file: string,
  structures: readonly StructureLabel[],
  labels: readonly FormulaLabel[],
  heldOut: HeldOutProbabilities,
): CandidateRow[] {
  const byId = new Map(structures.map((label) => [label.id, label]));
  const rowOf = new Map(labels.map(({ formula }, i) => [formula, i]));
  return parseCsv(text, file, ['mp_id', 'published_probability']).rows.map((row) => {
    const id = row.required('mp_id');
    const structure = byId.get(id);
    const formula = structure === undefined ? '' : formatFormula(reduced(parseFormula(structure.formula)));
    const index = rowOf.get(formula);
    if (structure === undefined || index === undefined)
      throw new InputError(`${id} is no labelled ionic structure`, row.place('mp_id'), 'Delete the row, or label it.');
    return {
      id,
      formula,
      published: row.number('published_probability'),
      teacher: structure.probability,
      label: labels[index].probability,
      students: Object.fromEntries([...heldOut].map(([kind, probabilities]) => [kind, probabilities[index]])),
    };
  });
}
