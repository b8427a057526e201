import { parseCriteria } from '../criteria/criteria.ts';
import { InputError, type Place } from '../errors.ts';
import type { RankingLimits } from './ranking-limits.ts';
import {
  type CriterionName,
  DEFAULT_FINALISTS,
  RANKING_OPTIONS,
  type RankBy,
  type RankingOptionName,
  RUN_OPTIONS,
  type RunArguments,
  runOption,
} from './run-option-table.ts';

/** What a run is asked for beside source and student. As {@link runOptions} gives them, equal options are equal JSON. */
export interface RunOptions extends RankingLimits {
  readonly rankBy: RankBy;
  readonly finalists?: number; // the student's best that the committee ranks; only if the ranking goes by the committee
  readonly prune?: true; // what cannot be ranked, as bounds prove, is not scored
}

/**
 * The committee's best of a system are often not the student's, so among the finalists there may be so many times as many of
 * a system as in the ranking; fewer where a few systems would fill the list, and too little would be left to rank.
 */
const FINALISTS_PER_RANKED = 100;

/** Options of a run from what was asked for, all of it optional; criteria as `parseCriteria` reads them. */
export interface AskedOptions extends RunArguments<Exclude<RankingOptionName, CriterionName>> {
  readonly criteria?: unknown;
}

/** The options among some arguments, with their criteria apart, as events and plans have them. */
export function withCriteria(given: RunArguments<RankingOptionName>): AskedOptions {
  const entries = RANKING_OPTIONS.map((name) => [name, given[name]] as const).filter(
    ([, value]) => value !== undefined,
  );
  const isCriterion = ([name]: readonly [RankingOptionName, unknown]): boolean => runOption(name).isCriterion === true;
  const criteria = entries.filter(isCriterion);
  const others = Object.fromEntries(entries.filter((entry) => !isCriterion(entry)));
  return criteria.length === 0 ? others : { ...others, criteria: Object.fromEntries(criteria) };
}

/**
 * Complete the options of a run, and give equal ones one form.
 *
 * @param file for messages: where they were found
 * @throws {InputError} if criteria are malformed, there are finalists that nothing would rank, too few or too many, or too much is to be ranked
 */
export function runOptions(asked: AskedOptions, file: string): RunOptions {
  const { top = RUN_OPTIONS.top.fallback, perSystem = RUN_OPTIONS.perSystem.fallback } = asked;
  const { rankBy = RUN_OPTIONS.rankBy.fallback } = asked;
  const criteria = asked.criteria === undefined ? undefined : parseCriteria(asked.criteria, file);
  atMost(top, RUN_OPTIONS.top.most, { file, column: 'top' });
  atMost(asked.finalists ?? 0, RUN_OPTIONS.finalists.most, { file, column: 'finalists' });
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
  const asked = criteria === undefined ? {} : { criteria };
  if (finalists === undefined) return { top, perSystem, ...asked };
  const times = Math.min(FINALISTS_PER_RANKED, Math.floor(finalists / top));
  return { top: finalists, perSystem: times * perSystem, ...asked };
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
