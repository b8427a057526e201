import type { Composition } from '../chemistry/formula.ts';
import type { FormulaLabel } from '../labels/label.ts';
import type { MeasuredNeighbor } from '../labels/measured.ts';
import type { StudentSession } from '../models/student-session.ts';
import type { RunOptions } from '../screen/run-options.ts';
import type { RankedEntries } from '../screen/top-k.ts';
import type { CompositionSource } from '../sources/source.ts';
import { ownColumns, type RankingColumn, type RankingValue } from './columns.ts';
import { criteriaColumns } from './evidence/criteria-columns.ts';
import { evidenceColumns } from './evidence/evidence.ts';
import { pickEntries, rankFinalists } from './finalists.ts';
import { RANKING_COLUMNS, type RankedComposition, rankCompositions } from './ranking.ts';
import { type CommitteeScorer, committeeColumns, type OnScored, rescore } from './rescore.ts';

/** What a ranking is made with, beside the best entries. */
export interface RankingTools {
  readonly student: StudentSession;
  readonly committee?: CommitteeScorer | undefined;
  readonly onScored?: OnScored | undefined; // by the committee
  readonly labels?: readonly FormulaLabel[] | undefined;
  readonly measured?: readonly MeasuredNeighbor[] | undefined;
}

/** A ranking with its further columns. */
export interface FullRanking {
  readonly ranking: readonly RankedComposition[];
  readonly columns: readonly RankingColumn[];
  readonly rescored: number; // compositions that the committee scored
}

/** Columns of the committee that a ranking may go by. */
const COLUMN_OF = { mean: 'probability_mean', lower: 'probability_lower' } as const;

/**
 * Rank the best entries of a run, by the committee if the options say so, and say of each composition what is known.
 *
 * @param best the ranking by the student, or the finalists, best first
 * @throws {IntegrityError} if a model gives a score that is not a finite number
 */
export async function rankRun(
  source: Pick<CompositionSource, 'compositions'>,
  best: RankedEntries,
  options: RunOptions,
  tools: RankingTools,
): Promise<FullRanking> {
  const finalists = source.compositions(best);
  const scored = tools.committee && committeeColumns(await rescore(tools.committee, finalists, 1, tools.onScored));
  const positions = positionsOf(best, finalists, scored, options);
  const compositions = positions.map((position) => finalists[position]);
  const pick = (column: RankingColumn): RankingColumn => ({
    ...column,
    values: positions.map((position): RankingValue => column.values[position]),
  });
  const ranked = pickEntries(best, positions);
  const columns = [
    ...(scored ?? []).map(pick),
    ...criteriaColumns(compositions),
    ...(await evidenceColumns(compositions, tools)),
  ];
  const taken = [...RANKING_COLUMNS, ...columns.map(({ name }) => name)];
  return {
    ranking: rankCompositions(source, ranked),
    columns: [...columns, ...ownColumns(ranked.cells ?? [], taken)],
    rescored: scored === undefined ? 0 : finalists.length,
  };
}

function positionsOf(
  best: RankedEntries,
  finalists: readonly Composition[],
  scored: readonly RankingColumn[] | undefined,
  options: RunOptions,
): number[] {
  const { rankBy } = options;
  if (rankBy === 'student') return finalists.map((_, i) => i);
  const column = scored?.find(({ name }) => name === COLUMN_OF[rankBy]);
  if (column === undefined) throw new RangeError(`there is nothing to rank by ${rankBy}`);
  // what is written decides, so that ties are those that a reader sees
  return rankFinalists(best, finalists, column.values as readonly number[], options);
}
