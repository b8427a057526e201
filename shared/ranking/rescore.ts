import { SYMBOLS } from '../chemistry/elements.ts';
import { type Composition, formatFormula } from '../chemistry/formula.ts';
import { InputError, IntegrityError } from '../errors.ts';
import type { CommitteeScores, CommitteeSession } from '../models/committee-session.ts';
import type { RankingColumn } from './columns.ts';

const BATCH = 2048; // compositions a call: the descriptors of more no longer fit the cache

/** What a re-scoring needs of a committee. */
export type CommitteeScorer = Pick<CommitteeSession, 'rowOf' | 'score'>;

/** A committee's verdict on some compositions. */
export interface Rescored extends CommitteeScores {
  readonly lower: Float64Array; // max(0, mean − z · std), shape (compositions,)
  readonly z: number;
}

/** Told how far scoring by a committee is: compositions of all. */
export type OnScored = (done: number, total: number) => void;

/**
 * Score compositions with a committee.
 *
 * @param z how many standard deviations the lower bound lies below the mean
 * @param onScored told after every batch
 * @throws {InputError} if a composition has an element that the committee does not know
 * @throws {IntegrityError} if the committee gives no finite number
 */
export async function rescore(
  committee: CommitteeScorer,
  compositions: readonly Composition[],
  z = 1,
  onScored?: OnScored,
): Promise<Rescored> {
  const mean = new Float32Array(compositions.length);
  const std = new Float32Array(compositions.length);
  for (let start = 0; start < compositions.length; start += BATCH) {
    const batch = compositions.slice(start, start + BATCH);
    const { elements, amounts } = encodeBatch(committee, batch);
    const scores = await committee.score(elements, amounts, batch.length);
    checkScores(scores, batch);
    mean.set(scores.mean, start);
    std.set(scores.std, start);
    onScored?.(start + batch.length, compositions.length);
  }
  return { mean, std, z, lower: Float64Array.from(mean, (value, i) => lowerBound(value, std[i], z)) };
}

/** A probability that is undercut about as seldom as z standard deviations are exceeded. */
export function lowerBound(mean: number, std: number, z: number): number {
  return Math.max(0, mean - z * std);
}

function encodeBatch(
  committee: CommitteeScorer,
  batch: readonly Composition[],
): { elements: BigInt64Array; amounts: Float32Array } {
  const arity = batch.reduce((most, { atomicNumbers }) => Math.max(most, atomicNumbers.length), 1);
  const elements = new BigInt64Array(batch.length * arity);
  const amounts = new Float32Array(batch.length * arity);
  batch.forEach((composition, i) => {
    composition.atomicNumbers.forEach((z, e) => {
      const row = committee.rowOf(z);
      if (row < 0) throw unknownElement(composition, z);
      elements[i * arity + e] = BigInt(row);
      amounts[i * arity + e] = composition.amounts[e];
    });
  });
  return { elements, amounts };
}

function unknownElement(composition: Composition, z: number): InputError {
  return new InputError(
    `the committee does not know ${SYMBOLS[z]} of ${formatFormula(composition)}`,
    {},
    'Leave such compositions out, or make a committee from labels with this element.',
  );
}

function checkScores({ mean, std }: CommitteeScores, batch: readonly Composition[]): void {
  const bad = batch.findIndex((_, i) => !Number.isFinite(mean[i]) || !Number.isFinite(std[i]));
  if (bad >= 0)
    throw new IntegrityError(
      `the committee gives ${formatFormula(batch[bad])} the probability ${mean[bad]} ± ${std[bad]}`,
      {},
      'Make the committee anew.',
    );
}

/** The columns that a committee adds to a ranking, rounded to six decimals: float32 carries no more. */
export function committeeColumns({ mean, std, lower, z }: Rescored): RankingColumn[] {
  const column = (name: string, values: ArrayLike<number>, description: string): RankingColumn => ({
    name,
    type: 'DOUBLE',
    values: Array.from(values, (value) => Math.round(value * 1e6) / 1e6),
    description,
  });
  return [
    column('probability_mean', mean, "The committee's calibrated probability that the teacher's label is positive."),
    column(
      'probability_std',
      std,
      'Root-mean-square difference from the teacher that compositions on which the committee disagrees as much had, held out.',
    ),
    column('probability_lower', lower, `max(0, probability_mean − ${z} · probability_std).`),
  ];
}
