import * as v from 'valibot';
import { SYMBOLS } from '../chemistry/elements.ts';
import type { Excluded } from '../criteria/exclusions.ts';
import { IntegrityError } from '../errors.ts';
import { formatJson } from '../json.ts';
import type { Companion } from '../models/companions.ts';
import type { RankingValue } from '../ranking/columns.ts';
import type { MergedResult } from '../ranking/merge.ts';
import type { FullRanking } from '../ranking/rank-run.ts';
import type { RankedComposition } from '../ranking/ranking.ts';
import type { RunPlan, RunStudent } from '../runs/run-plan.ts';
import { COMPANION, COMPLETE_OPTIONS, LIST, STUDENT } from '../runs/run-shapes.ts';
import type { BoundedAway } from '../screen/counts.ts';
import { histogramEdges } from '../screen/histogram.ts';
import type { RunOptions } from '../screen/run-options.ts';
import { skippedTotal } from '../screen/skipped-rows.ts';
import {
  checkShape,
  fields,
  finite,
  flag,
  integer,
  listOf,
  type Refuse,
  readJson,
  recordOf,
  type Shape,
  text,
} from '../shape.ts';
import type { SourceSummary } from '../sources/source.ts';

const TOP_SHOWN = 10;
/** Of a run that bounds compositions away, by the places in a summary. */
const UNKNOWN = ['passed', 'histogram', 'elements.passed'];

/** `summary.json`: what was screened with what, and what came out. Equal runs give equal bytes: no times, no machine. */
export interface RunSummary extends SourceSummary {
  readonly runId: string;
  readonly student: RunStudent;
  readonly committee: Companion & { readonly rescored?: number }; // compositions that it scored
  readonly labels: Companion; // that novelty and the nearest compositions are told by
  readonly measured?: Companion;
  readonly options: RunOptions;
  readonly screened: number;
  readonly passed?: number; // probability at or above the student's threshold
  readonly bounded?: BoundedAway; // compositions that were not scored, because they cannot reach the ranking
  readonly unknown?: readonly string[]; // what is left out here, since only scores of what was bounded away would tell
  readonly ranked: number; // lines of the ranking
  readonly skipped?: SkippedSummary; // of a list
  readonly excluded?: Pick<Excluded, 'unscored'> & Partial<Excluded>; // by the criteria among the options
  readonly histogram?: {
    readonly edges: readonly number[]; // logits; count i is of [edge i-1, edge i), open at both ends
    readonly counts: readonly number[];
  };
  readonly elements: readonly { symbol: string; screened: number; passed?: number }[]; // by atomic number
  readonly columns: Readonly<Record<string, string>>; // what further columns of the ranking say, by name
  readonly top: readonly TopComposition[]; // the first of the ranking
}

/** A line of the ranking with its further columns. */
export type TopComposition = RankedComposition & Readonly<Record<string, RankingValue>>;

/** Rows of a list that have no score. */
export interface SkippedSummary {
  readonly total: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly listed: number; // the first ones, in skipped.csv
}

/** Summary of a finished run. */
export function summarize(plan: RunPlan, result: MergedResult, full: FullRanking): RunSummary {
  const { source, companions, options } = plan;
  const { ranking, columns, rescored } = full;
  const { counts, rows } = result.skipped;
  const skipped = { total: skippedTotal(result.skipped), reasons: counts, listed: rows.length };
  const { unscored } = result.excluded;
  const isFull = (result.bounded?.compositions ?? 0) === 0;
  return {
    runId: plan.runId,
    ...source.summary,
    student: plan.student,
    ...companions,
    committee: { ...companions.committee, ...('hash' in companions.committee ? { rescored } : {}) },
    options,
    screened: result.screened,
    ...(isFull ? { passed: result.passed } : {}),
    ...(result.bounded && { bounded: result.bounded }),
    ...(isFull ? {} : { unknown: options.criteria === undefined ? UNKNOWN : [...UNKNOWN, 'excluded.passed'] }),
    ranked: ranking.length,
    ...(source.summary.list === undefined ? {} : { skipped }),
    ...(options.criteria === undefined ? {} : { excluded: isFull ? result.excluded : { unscored } }),
    ...(isFull ? { histogram: { edges: histogramEdges(), counts: [...result.histogram] } } : {}),
    elements: SYMBOLS.flatMap((symbol, z) => {
      const screened = result.screenedByElement[z];
      return screened > 0 ? [{ symbol, screened, ...(isFull ? { passed: result.passedByElement[z] } : {}) }] : [];
    }),
    columns: Object.fromEntries(columns.map(({ name, description }) => [name, description])),
    top: ranking
      .slice(0, TOP_SHOWN)
      .map((line, i) => ({ ...line, ...Object.fromEntries(columns.map(({ name, values }) => [name, values[i]])) })),
  };
}

/** Name of the space or list that was screened. */
export function sourceName({ space, list }: SourceSummary): string {
  return (space ?? list)?.name ?? '';
}

/** Name of a run for people: what was screened, and the beginning of its id. */
export function runName(summary: Pick<RunSummary, 'runId' | 'space' | 'list'>): string {
  return `${sourceName(summary)} ${summary.runId.slice(0, 8)}`;
}

/** `summary.json` as bytes. */
export function encodeSummary(summary: RunSummary): Uint8Array {
  return Buffer.from(formatJson(summary));
}

const SUMMARY: Shape<RunSummary> = fields({
  runId: text,
  space: v.exactOptional(fields({ name: text, systems: integer(), classes: integer(), compositions: integer() })),
  list: v.exactOptional(v.intersect([LIST, fields({ rows: integer() })])),
  student: STUDENT,
  committee: v.intersect([COMPANION, fields({ rescored: v.exactOptional(integer()) })]),
  labels: COMPANION,
  measured: v.exactOptional(COMPANION),
  options: COMPLETE_OPTIONS,
  screened: integer(),
  passed: v.exactOptional(integer()),
  bounded: v.exactOptional(fields({ systems: integer(), compositions: integer() })),
  unknown: v.exactOptional(listOf(text)),
  ranked: integer(),
  skipped: v.exactOptional(fields({ total: integer(), reasons: recordOf(integer()), listed: integer() })),
  excluded: v.exactOptional(fields({ unscored: recordOf(integer()), passed: v.exactOptional(recordOf(integer())) })),
  histogram: v.exactOptional(fields({ edges: listOf(finite), counts: listOf(integer()) })),
  elements: listOf(fields({ symbol: text, screened: integer(), passed: v.exactOptional(integer()) })),
  columns: recordOf(text),
  top: listOf(
    v.intersect([
      fields({ rank: integer(1), index: integer(), formula: text, system: text, probability: finite, logit: finite }),
      recordOf(v.nullable(v.union([finite, v.string(), flag], 'a number, a text, true, false or null'))),
    ]),
  ),
});

/**
 * Read `summary.json`.
 *
 * @param file for messages
 * @throws {IntegrityError} if it is damaged, or of a version that summarized otherwise
 */
export function decodeSummary(bytes: Uint8Array, file = 'summary.json'): RunSummary {
  const damaged: Refuse = (problem, column) =>
    new IntegrityError(problem, { file, column }, 'Start that run again: it makes its outputs anew.');
  return checkShape(SUMMARY, readJson(Buffer.from(bytes).toString(), damaged), damaged);
}
