import { type Composition, formatFormula, reduced } from '../shared/chemistry/formula.ts';
import { InputError } from '../shared/errors.ts';
import { bootstrapInterval, type MeasuredInterval } from '../shared/fine-tuning/measured-metrics.ts';
import { binaryMetrics } from '../shared/learning/metrics.ts';
import { createRandom, randomInteger, shuffle } from '../shared/random.ts';
import { groupedFolds, splitFold } from '../shared/student/splits.ts';
import { LEARNER_NAMES, LEARNERS, type LearnerName } from './learners.ts';

/** A measured compound with both of its descriptions. */
export interface DescribedCompound {
  readonly composition: Composition;
  readonly system: string;
  readonly conductor: boolean;
  readonly generic: ArrayLike<number>; // composition descriptors
  readonly structural: ArrayLike<number>; // the teacher's features
}

export const DESCRIPTIONS = ['generic', 'structural'] as const;
export type Description = (typeof DESCRIPTIONS)[number];

/** AUC of one learner, each compound predicted by a model of all others. */
export interface LeaveOneOutRow {
  readonly learner: LearnerName;
  readonly generic: MeasuredInterval;
  readonly structural: MeasuredInterval;
  readonly difference: MeasuredInterval; // structural − generic, resampled in pairs
}

/**
 * Leave one compound out at a time; intervals by resampling chemical systems.
 *
 * @throws {InputError} if two compounds have one formula: it would be on both sides
 */
export function leaveOneOutRows(compounds: readonly DescribedCompound[], seed: number): LeaveOneOutRow[] {
  checkDistinct(compounds);
  const truth = compounds.map(({ conductor }) => conductor);
  return LEARNER_NAMES.map((learner) => {
    const [generic, structural] = DESCRIPTIONS.map((description) =>
      leaveOneOutScores(compounds, description, learner, seed),
    );
    const auc = (scores: Float64Array) => (rows: readonly number[]) => aucOf(truth, scores, rows);
    const difference = (rows: readonly number[]) => auc(structural)(rows) - auc(generic)(rows);
    return {
      learner,
      generic: bootstrapInterval(compounds, seed, auc(generic)),
      structural: bootstrapInterval(compounds, seed, auc(structural)),
      difference: bootstrapInterval(compounds, seed, difference),
    };
  });
}

/** Score of every compound from a model of all others. */
export function leaveOneOutScores(
  compounds: readonly DescribedCompound[],
  description: Description,
  learner: LearnerName,
  seed: number,
): Float64Array {
  return Float64Array.from(compounds, (compound, i) => {
    const others = compounds.filter((_, k) => k !== i);
    return learn(others, description, learner, seed)(compound[description]);
  });
}

function checkDistinct(compounds: readonly DescribedCompound[]): void {
  const seen = new Set<string>();
  for (const { composition } of compounds) {
    const formula = formatFormula(reduced(composition));
    if (seen.has(formula))
      throw new InputError(
        `${formula} occurs twice: left out, it would be learned from as well`,
        {},
        'Merge its rows, with the ids of all its structures.',
      );
    seen.add(formula);
  }
}

function learn(compounds: readonly DescribedCompound[], description: Description, learner: LearnerName, seed: number) {
  return LEARNERS[learner](
    compounds.map((compound) => compound[description]),
    compounds.map(({ conductor }) => conductor),
    seed,
  );
}

function aucOf(truth: readonly boolean[], scores: ArrayLike<number>, rows: readonly number[]): number {
  const pick = <T>(values: ArrayLike<T>): T[] => rows.map((i) => values[i]);
  return binaryMetrics(pick(truth), pick(scores), 0).auc;
}

/** Mean AUC over draws of so many compounds to learn from. */
export interface LearningPoint {
  readonly learner: LearnerName;
  readonly description: Description;
  readonly size: number; // compounds learned from
  readonly auc: MeasuredInterval; // mean over the draws; 95 % interval of that mean by resampling draws
}

const FOLDS = 5; // of chemical systems; one is held out per draw
const LEAST = 3; // compounds of each class in a draw, and in what is held out

/**
 * Learning curves on systems held out. A draw holds out a fifth of the chemical systems and learns from some of the other
 * compounds; learners and descriptions share the draws. The last size is all that is not held out.
 *
 * @param sizes ascending; those that a draw has too few compounds for are left out
 * @throws {InputError} if there are too few of either class to split by system
 */
export function learningCurve(
  compounds: readonly DescribedCompound[],
  sizes: readonly number[],
  draws: number,
  seed: number,
): LearningPoint[] {
  const tasks = Array.from({ length: draws }, (_, draw) => drawSplit(compounds, seed + draw));
  const most = Math.min(...tasks.map(({ learned }) => learned.length));
  return [...sizes.filter((size) => size < most), most].flatMap((size) =>
    DESCRIPTIONS.flatMap((description) =>
      LEARNER_NAMES.map((learner): LearningPoint => {
        const aucs = tasks.map(({ learned, heldOut }, draw) => {
          const score = learn(firstOf(learned, size), description, learner, seed + draw);
          const scores = heldOut.map((compound) => score(compound[description]));
          return binaryMetrics(
            heldOut.map(({ conductor }) => conductor),
            scores,
            0,
          ).auc;
        });
        return { learner, description, size, auc: meanInterval(aucs, seed) };
      }),
    ),
  );
}

interface Draw {
  readonly learned: readonly DescribedCompound[]; // in random order
  readonly heldOut: readonly DescribedCompound[];
}

/** A split of which both sides have both classes; the next seed is tried otherwise. */
function drawSplit(compounds: readonly DescribedCompound[], seed: number): Draw {
  const systems = compounds.map(({ system }) => system);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const random = createRandom(seed * ATTEMPTS + attempt);
    const folds = groupedFolds(systems, FOLDS, seed * ATTEMPTS + attempt);
    const { learned, heldOut } = splitFold(compounds, folds, randomInteger(random, FOLDS));
    if (hasBoth(learned) && hasBoth(heldOut)) return { learned: shuffle([...learned], random), heldOut };
  }
  throw new InputError(
    'the measured compounds have too few conductors, or too few others, to be split by system',
    {},
    `Add measurements: on both sides of a split there must be ${LEAST} of each.`,
  );
}

const ATTEMPTS = 1000;

function hasBoth(compounds: readonly DescribedCompound[]): boolean {
  const conductors = compounds.filter(({ conductor }) => conductor).length;
  return conductors >= LEAST && compounds.length - conductors >= LEAST;
}

/** The first compounds, the last of them replaced where a class would be missing. */
function firstOf(learned: readonly DescribedCompound[], size: number): DescribedCompound[] {
  const first = learned.slice(0, size);
  for (const wanted of [true, false]) {
    const missing = LEAST - first.filter(({ conductor }) => conductor === wanted).length;
    const spare = learned.slice(size).filter(({ conductor }) => conductor === wanted);
    for (let i = 0; i < missing; i++) {
      const out = first.findLastIndex(({ conductor }) => conductor !== wanted);
      first[out] = spare[i];
    }
  }
  return first;
}

function meanInterval(values: readonly number[], seed: number): MeasuredInterval {
  const draws = values.map((_, i) => ({ system: String(i) }));
  return bootstrapInterval(draws, seed, (rows) => rows.reduce((sum, i) => sum + values[i], 0) / rows.length);
}
