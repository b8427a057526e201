import { parseFormula } from '../../shared/chemistry/formula.ts';
import { sigmoid } from '../../shared/learning/logistic.ts';
import type { CommitteeSession } from '../../shared/models/committee-session.ts';
import { readModel } from '../../shared/models/companions.ts';
import { compositionLogit } from '../../shared/models/score-composition.ts';
import { openStudentCommittee } from '../../shared/models/student-committee.ts';
import { openStudent, type StudentSession } from '../../shared/models/student-session.ts';
import { rescore } from '../../shared/ranking/rescore.ts';
import { findStudent } from '../shipped/students.ts';
import { asLibrary } from './as-library.ts';

/** Which models score. */
export interface ScorerOptions {
  /** `labels` (taught by the teacher alone), `measured` (then fine-tuned on measurements), or a path. @default 'labels' */
  readonly student?: string;
  /** Path of a committee, or `none`. @default the one beside the student, if there is one */
  readonly committee?: string;
}

/** Scores of one composition. */
export interface Score {
  readonly formula: string; // as it was given
  readonly probability: number; // the student's: sigmoid(logit)
  readonly logit: number;
  readonly committee?: CommitteeScore; // if there is a committee
}

/** What a committee says of one composition. */
export interface CommitteeScore {
  readonly mean: number; // calibrated probability
  readonly std: number; // as far as the teacher was from it where the committee disagreed as much
  readonly lower: number; // max(0, mean − std)
}

/** Loaded models. */
export interface Scorer {
  readonly threshold: number; // probability from which a composition passes
  readonly mobileIon: string; // symbol
  /**
   * Score formulas, fractional amounts, brackets and hydrate dots included. A score does not depend on what else is asked.
   *
   * @throws {InputError} if a formula cannot be read, lacks the mobile ion, or has an element that a model does not know
   */
  score(formulas: readonly string[]): Promise<Score[]>;
  /** Free the models' memory. */
  close(): Promise<void>;
}

/**
 * Load a student and its committee.
 *
 * @throws {InputError} if there is no such model, or it is none
 * @example
 * import { openScorer } from 'ionsieve';
 *
 * const scorer = await openScorer();
 * for (const { formula, probability, committee } of await scorer.score(['Li10GeP2S12', 'LiFePO4']))
 *   console.log(formula, probability.toFixed(3), committee?.lower.toFixed(3));
 * await scorer.close();
 */
export function openScorer({ student: asked, committee: named }: ScorerOptions = {}): Promise<Scorer> {
  return asLibrary(async () => {
    const { student: path } = findStudent(asked);
    const student = await openStudent(await readModel(path), path);
    const committee = await openStudentCommittee(path, student.metadata, named).catch(async (error: unknown) => {
      await student.release();
      throw error;
    });
    return {
      threshold: student.metadata.threshold,
      mobileIon: student.metadata.mobileIon,
      score: (formulas) => scoreAll(student, committee, formulas),
      close: async () => {
        await Promise.all([student.release(), committee?.release()]);
      },
    };
  });
}

async function scoreAll(
  student: StudentSession,
  committee: CommitteeSession | undefined,
  formulas: readonly string[],
): Promise<Score[]> {
  const compositions = formulas.map((formula) => parseFormula(formula));
  const logits: number[] = [];
  for (const [i, composition] of compositions.entries())
    logits.push(await compositionLogit(student, composition, { column: formulas[i] }));
  const verdict = committee && (await rescore(committee, compositions));
  return formulas.map((formula, i) => ({
    formula,
    probability: sigmoid(logits[i]),
    logit: logits[i],
    ...(verdict && { committee: { mean: verdict.mean[i], std: verdict.std[i], lower: verdict.lower[i] } }),
  }));
}
