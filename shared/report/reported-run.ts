import type { HeldOutCurves } from '../models/held-out-curves.ts';
import type { StudentMetadata } from '../models/student-session.ts';
import type { RankingColumn, RankingValue } from '../ranking/columns.ts';
import type { RankedComposition } from '../ranking/ranking.ts';
import type { RunSummary } from './summary.ts';

/** What a report is made of. */
export interface ReportSources {
  readonly summary: RunSummary;
  readonly student: StudentMetadata;
  readonly curves?: readonly HeldOutCurves[] | undefined; // of the student, one of each kind a fold, where its card has them
  readonly ranking: readonly RankedComposition[];
  readonly columns: readonly RankingColumn[];
}

/** The most compositions that a report lists, so that it stays below 2 MB. */
export const MOST_REPORTED = 1000;

/** A run as far as its report tells it. */
export interface ReportedRun extends ReportSources {
  /** Values of a further column, or undefined if the ranking does not have it. */
  column(name: string): readonly RankingValue[] | undefined;
  readonly novelty?: readonly string[] | undefined; // by line, where labels tell
}

/** The first lines of a run. */
export function reportedRun({ summary, student, curves, ranking, columns }: ReportSources): ReportedRun {
  const listed = columns.map((column) => ({ ...column, values: column.values.slice(0, MOST_REPORTED) }));
  const column = (name: string): readonly RankingValue[] | undefined => listed.find((one) => one.name === name)?.values;
  const [formulas, systems] = [column('known_formula'), column('known_system')];
  return {
    summary,
    student,
    curves,
    column,
    ranking: ranking.slice(0, MOST_REPORTED),
    columns: listed,
    novelty: formulas?.map((known, i) => noveltyOf(known === true, Number(systems?.[i] ?? 0))),
  };
}

function noveltyOf(isKnown: boolean, formulasOfSystem: number): string {
  if (isKnown) return 'known formula';
  return formulasOfSystem > 0 ? 'known system' : 'new system';
}
