import { parseCriteria } from '../criteria/criteria.ts';
import { InputError, type Place } from '../errors.ts';
import { MAX_FINALISTS, MAX_TOP } from '../limits.ts';
import { DEFAULT_LIMITS, type RankingLimits } from './ranking-limits.ts';

/** What a ranking goes by: the student's logit, or the committee's mean probability or its lower bound. */
export const RANK_BY = ['student', 'mean', 'lower'] as const;
export type RankBy = (typeof RANK_BY)[number];

/** What a run is asked for beside source and student. As {@link runOptions} gives them, equal options are equal JSON. */
export interface RunOptions extends RankingLimits {
  readonly rankBy: RankBy;
  readonly finalists?: number; // the student's best that the committee ranks; only if the ranking goes by the committee
  readonly prune?: true; // what cannot be ranked, as bounds prove, is not scored
}

/** The student's best that a committee ranks unless told otherwise; `docs/explanation/method.md` says what is lost by the cut. */
export const DEFAULT_FINALISTS = 200_000;

/**
 * The committee's best of a system are often not the student's, so among the finalists there may be so many times as many of
 * a system as in the ranking; fewer where a few systems would fill the list, and too little would be left to rank.
 */
const FINALISTS_PER_RANKED = 100;

/** Options of a run from what was asked for, all of it optional. */
export interface AskedOptions {
  readonly top?: number;
  readonly perSystem?: number;
  readonly criteria?: unknown; // an object as `parseCriteria` reads it
  readonly rankBy?: RankBy;
  readonly finalists?: number;
  readonly prune?: boolean;
}

/**
 * Complete the options of a run, and give equal ones one form.
 *
 * @param file for messages: where they were found
 * @throws {InputError} if criteria are malformed, there are finalists that nothing would rank, too few or too many, or too much is to be ranked
 */
export function runOptions(asked: AskedOptions, file: string): RunOptions {
  const { top = DEFAULT_LIMITS.top, perSystem = DEFAULT_LIMITS.perSystem, rankBy = 'student' } = asked;
  const criteria = asked.criteria === undefined ? undefined : parseCriteria(asked.criteria, file);
  atMost(top, MAX_TOP, { file, column: 'top' });
  atMost(asked.finalists ?? 0, MAX_FINALISTS, { file, column: 'finalists' });
  if (rankBy === 'student' && asked.finalists !== undefined)
    throw new InputError(
      `${asked.finalists} finalists are asked for, and the ranking goes by the student`,
      { file },
      'Rank by mean or lower, or leave the finalists out.',
    );
  if (asked.finalists !== undefined && asked.finalists < top)
    throw new InputError(
      `${asked.finalists} finalists are asked for, and ${top} of them are to be ranked`,
      { file },
      'Give at least as many finalists.',
    );
  return {
    top,
    perSystem,
    ...(criteria === undefined ? {} : { criteria }),
    rankBy,
    ...(rankBy === 'student' ? {} : { finalists: Math.max(top, asked.finalists ?? DEFAULT_FINALISTS) }),
    ...(asked.prune === true ? { prune: asked.prune } : {}),
  };
}

function atMost(count: number, most: number, place: Place): void {
  if (count > most)
    throw new InputError(`${count} are more than ${most}, which fit into memory`, place, 'Ask for fewer.');
}

/** What chunks and their merge keep: the ranking itself, or the finalists that a committee ranks. */
export function cutLimits({ top, perSystem, criteria, finalists }: RunOptions): RankingLimits {
  if (finalists === undefined) return { top, perSystem, criteria };
  const times = Math.min(FINALISTS_PER_RANKED, Math.floor(finalists / top));
  return { top: finalists, perSystem: times * perSystem, criteria };
}

/** What of the options decides on the result, for run ids. */
export function optionsIdentity({
  top,
  perSystem,
  criteria,
  rankBy,
  finalists,
  prune,
}: RunOptions): readonly unknown[] {
  return [top, perSystem, criteria ?? null, rankBy, finalists ?? null, ...(prune ? ['prune'] : [])];
}
