import { ELEMENT_GROUPS } from '../criteria/element-groups.ts';
import { MAX_CHUNKS, MAX_FINALISTS, MAX_TOP } from '../limits.ts';
import { DEFAULT_LIMITS } from './ranking-limits.ts';

/** What a ranking goes by: the student's logit, or the committee's mean probability or its lower bound. */
export const RANK_BY = ['student', 'mean', 'lower'] as const;
export type RankBy = (typeof RANK_BY)[number];

/** The student's best that a committee ranks unless told otherwise; `docs/explanation/method.md` says what is lost by the cut. */
export const DEFAULT_FINALISTS = 200_000;

/** An option of a run. */
export interface RunOption {
  readonly kind: 'file' | 'count' | 'number' | 'names' | 'choice' | 'switch';
  readonly value?: string; // what its value is called, such as dollars; by its kind if absent
  readonly most?: number; // of a count or number, which is above 0
  readonly choices?: readonly string[];
  readonly groups?: readonly string[]; // names that stand for several elements, beside symbols
  readonly fallback?: number | string; // value where none is given
  readonly otherwise?: string; // what holds where none is given, in words
  readonly conflict?: string; // name of an option that it cannot be given with
  readonly isCriterion?: true; // lies under `criteria` in events, plans and summaries
  readonly says: string; // one sentence
}

const GROUPS = ELEMENT_GROUPS.map(({ name }) => name);

/**
 * Everything that a run may be asked for, declared once. Flags of the command line (`flagOf`), fields of events, types and
 * readers of the library, completion by shells and the table in docs/reference/run-options.md derive from it.
 */
export const RUN_OPTIONS = {
  space: { kind: 'file', says: 'space file, or the name of a shipped space', otherwise: 'ionic-quinary' },
  compositions: {
    kind: 'file',
    conflict: 'space',
    says: 'instead of a space: a table with a column of formulas (CSV, Excel workbook or Parquet), or a folder of such files',
  },
  student: { kind: 'file', value: 'student', says: 'model that scores every composition' },
  committee: {
    kind: 'file',
    says: 'committee that scores the best again, or none',
    otherwise: 'the one beside the student',
  },
  labels: { kind: 'file', says: 'labels that the student learned from', otherwise: 'those beside the student' },
  measured: { kind: 'file', says: 'CSV of measured conductivities, shown in the ranking' },
  top: { kind: 'count', most: MAX_TOP, fallback: DEFAULT_LIMITS.top, says: 'compositions to rank' },
  perSystem: {
    kind: 'count',
    fallback: DEFAULT_LIMITS.perSystem,
    says: 'compositions of one chemical system to rank, at most',
  },
  exclude: {
    kind: 'names',
    groups: GROUPS,
    isCriterion: true,
    says: `elements and ${GROUPS.join(', ')}, such as Co,toxic, that no composition has`,
  },
  require: {
    kind: 'names',
    value: 'elements',
    isCriterion: true,
    says: 'elements that every composition has, such as S,P',
  },
  maxUsdPerKg: {
    kind: 'number',
    value: 'dollars',
    isCriterion: true,
    says: 'most that the raw materials of a kilogram may cost, US$',
  },
  minLithiumMassPercent: {
    kind: 'number',
    value: 'percent',
    most: 100,
    isCriterion: true,
    says: 'least share of lithium in the mass, %',
  },
  rankBy: {
    kind: 'choice',
    value: 'score',
    choices: RANK_BY,
    fallback: 'student',
    says: "student, or the committee's mean probability or its lower bound",
  },
  finalists: {
    kind: 'count',
    most: MAX_FINALISTS,
    says: "the student's best that the committee ranks",
    otherwise: `${DEFAULT_FINALISTS} with --rank-by mean or lower`,
  },
  prune: {
    kind: 'switch',
    conflict: 'compositions',
    says: 'do not score systems that cannot reach the ranking, as bounds prove: the same ranking, sooner in large spaces, but no count of what passes',
  },
  chunks: {
    kind: 'count',
    most: MAX_CHUNKS,
    says: 'parts in which the work is done',
    otherwise: 'by the amount of work',
  },
} as const satisfies Readonly<Record<string, RunOption>>;

export type RunOptionName = keyof typeof RUN_OPTIONS;

/** The declaration of an option, with what it leaves out. */
export function runOption(name: RunOptionName): RunOption {
  return RUN_OPTIONS[name];
}

type ValueOf<O> = O extends { readonly choices: readonly (infer C)[] }
  ? C
  : O extends { readonly kind: 'count' | 'number' }
    ? number
    : O extends { readonly kind: 'names' }
      ? readonly string[]
      : O extends { readonly kind: 'switch' }
        ? boolean
        : string;

/** Values of some options, as command line and library have them: none is needed. */
export type RunArguments<Names extends RunOptionName = RunOptionName> = {
  readonly [Name in Names]?: ValueOf<(typeof RUN_OPTIONS)[Name]> | undefined;
};

/** Options that lie under `criteria` elsewhere. */
export type CriterionName = {
  [Name in RunOptionName]: (typeof RUN_OPTIONS)[Name] extends { readonly isCriterion: true } ? Name : never;
}[RunOptionName];

/** Options that decide on the ranking of a source by a student and its companions. */
export const RANKING_OPTIONS = [
  'top',
  'perSystem',
  'exclude',
  'require',
  'maxUsdPerKg',
  'minLithiumMassPercent',
  'rankBy',
  'finalists',
  'prune',
] as const satisfies readonly RunOptionName[];
export type RankingOptionName = (typeof RANKING_OPTIONS)[number];

/** Such as --per-system. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
