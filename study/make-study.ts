import { COMMITTEE_PARTS } from '../shared/committee/committee.ts';
import { unmeasuredLabels } from '../shared/fine-tuning/fine-tune.ts';
import type { FormulaLabel } from '../shared/labels/label.ts';
import { isIonic, mergePolymorphs } from '../shared/labels/merge-polymorphs.ts';
import { systemFolds } from '../shared/student/splits.ts';
import { judgeCandidates } from './candidates.ts';
import { FOLD_JOBS, type FoldResult } from './cross-validation.ts';
import type { StudyJob, StudyJobResult } from './jobs.ts';
import { labelStatistics } from './label-statistics.ts';
import { compareMerges, MERGE_NAMES } from './merge-choice.ts';
import type { DescribedCompound } from './small-data.ts';
import { compareStudents, heldOutProbabilities } from './student-comparison.ts';
import { CONDUCTIVITY_THRESHOLD, type Section, type Study, type StudyInput } from './study.ts';
import { baselineScorers, judgeTransfer } from './transfer.ts';

/** A section: what is to be done for it, and what it says once that is done. */
interface Part {
  readonly jobs: readonly StudyJob[];
  readonly finish: (results: readonly StudyJobResult[]) => Partial<Study>;
}

const CURVE_SIZES = [20, 40, 80, 130];
const CURVE_DRAWS = 24;

/** The longest jobs come first, so that no thread is left with one at the end. */
const PARTS: readonly (readonly [Section, (input: StudyInput) => Part])[] = [
  ['transfer', transfer],
  ['students', students],
  ['small-data', smallData],
  ['merges', merges],
  ['labels', labels],
];

/**
 * Make the sections that are asked for.
 *
 * @param run does parts of the work, in any order, and gives their results in the order of the parts
 */
export async function makeStudy(
  input: StudyInput,
  sections: ReadonlySet<Section>,
  run: (jobs: readonly StudyJob[]) => Promise<readonly StudyJobResult[]>,
): Promise<Study> {
  const parts = PARTS.filter(([section]) => sections.has(section)).map(([, part]) => part(input));
  const results = await run(parts.flatMap(({ jobs }) => jobs));
  const study: Study = {
    seed: input.seed,
    conductivityThreshold: CONDUCTIVITY_THRESHOLD,
    labelsHash: input.set.labelsHash,
  };
  let start = 0;
  for (const { jobs, finish } of parts) {
    Object.assign(study, finish(results.slice(start, start + jobs.length)));
    start += jobs.length;
  }
  return study;
}

function smallData({ smallSet, obelix, seed }: StudyInput): Part {
  return {
    jobs: [
      { learn: obelix.compounds, sizes: CURVE_SIZES, draws: CURVE_DRAWS, seed },
      { leaveOneOut: smallSet.compounds, seed },
    ],
    finish: ([curve, left]) => ({
      smallData: {
        ...countCompounds(smallSet.compounds),
        withoutStructure: smallSet.without,
        leaveOneOut: left.leaveOneOut ?? [],
        learningCurve: {
          ...countCompounds(obelix.compounds),
          withoutStructure: obelix.without,
          draws: CURVE_DRAWS,
          points: curve.learningCurve ?? [],
        },
      },
    }),
  };
}

function countCompounds(compounds: readonly DescribedCompound[]): { compounds: number; conductors: number } {
  return { compounds: compounds.length, conductors: compounds.filter(({ conductor }) => conductor).length };
}

function labels({ structures, skipped, set }: StudyInput): Part {
  return { jobs: [], finish: () => ({ labels: labelStatistics(structures, skipped, set.options.threshold) }) };
}

function students({ set, structures, candidates }: StudyInput): Part {
  const { ionic, features, options } = set;
  const task = { ionic, features, options, parts: COMMITTEE_PARTS };
  const folds = Array.from({ length: options.folds }, (_, fold) => fold);
  return {
    jobs: FOLD_JOBS.flatMap((train) => folds.map((fold) => ({ fold, train, task }))),
    finish: (results) => {
      const byFold = folds.map(
        (fold): FoldResult =>
          Object.assign({}, ...results.filter((_, i) => i % folds.length === fold).map((result) => result.fold)),
      );
      const assigned = systemFolds(ionic, options);
      const heldOut = heldOutProbabilities(ionic, assigned, byFold, options.threshold);
      return {
        students: {
          formulas: ionic.length,
          positives: ionic.filter(({ probability }) => probability >= options.threshold).length,
          folds: folds.length,
          kinds: compareStudents(ionic, assigned, folds.length, heldOut, options.threshold),
          candidates: judgeCandidates(candidates.text, candidates.file, structures, ionic, heldOut),
        },
      };
    },
  };
}

function transfer({ measured, set, student, fineTuned, seed }: StudyInput): Part {
  const setting = { features: set.features, options: set.options };
  return {
    jobs: [{ distillFrom: unmeasuredLabels(set.ionic, measured), score: measured, setting }],
    finish: ([blind]) => {
      const scorers = [
        { name: 'student', scores: student.scores },
        { name: 'blind', scores: blind.scores as ArrayLike<number> },
        ...baselineScorers(measured),
      ];
      const known = new Map(set.ionic.map((label) => [label.formula, label]));
      const groups = judgeTransfer(measured, scorers, known, Math.log10(CONDUCTIVITY_THRESHOLD), seed);
      return { transfer: { student: student.hash, groups, ...(fineTuned === undefined ? {} : { fineTuned }) } };
    },
  };
}

function merges({ structures, set: { features, options } }: StudyInput): Part {
  const byMerge = MERGE_NAMES.map((merge): readonly FormulaLabel[] =>
    mergePolymorphs(structures, merge).filter(isIonic),
  );
  const folds = Array.from({ length: options.folds }, (_, fold) => fold);
  return {
    jobs: byMerge.flatMap((merged) => folds.map((fold) => ({ fold, merged, setting: { features, options } }))),
    finish: (results) => {
      const merged = MERGE_NAMES.map((merge, m) => {
        const scores = folds.map((fold) => results[m * folds.length + fold].scores as Float64Array);
        return { merge, labels: byMerge[m], scores };
      });
      return { merges: compareMerges(merged, systemFolds(byMerge[0], options), options.threshold) };
    },
  };
}
