import type { Composition } from '../chemistry/formula.ts';
import type { MeasuredComposition } from '../labels/measurements.ts';
import { addPredictions, ForestGrower, type ForestOptions } from '../learning/forest.ts';
import { describe } from '../student/descriptors.ts';
import type { ElementFeatures } from '../student/element-features.ts';
import { groupedFolds } from '../student/splits.ts';
import { expectedBeyond, fitScale } from './measured-likelihood.ts';

const INNER_FOLDS = 5;

/** What a forest learned from measurements says. */
export interface MeasuredForest {
  readonly scale: number; // of the logistic distribution of measured about predicted log10 conductivities, systems held out
  /** Predicted log10 conductivity (S/cm) of each composition. */
  readonly predict: (compositions: readonly Composition[]) => Float64Array;
}

/**
 * A random forest on all generic descriptors that learns measured log10 conductivities. Forests that hold out systems tell first
 * how far measured values scatter about predicted ones; a bound then enters as the mean of the values beyond it.
 * A prediction is the logistic location of the trees' values, so that a few trees far off weigh little.
 */
export function learnMeasurements(
  measured: readonly MeasuredComposition[],
  features: ElementFeatures,
  mobileIon: number,
  options: ForestOptions,
): MeasuredForest {
  const values = Float64Array.from(measured, ({ log10 }) => log10);
  const grow = (rows: readonly number[], targets: Float64Array): Predict =>
    growForest(
      rows.map((i) => measured[i].composition),
      Float64Array.from(rows, (i) => targets[i]),
      features,
      mobileIon,
      options,
    );
  const groups = measured.map(({ system }) => system);
  const folds = groupedFolds(groups, Math.min(INNER_FOLDS, new Set(groups).size), options.seed);
  const all = measured.map((_, i) => i);
  const heldOut = new Float64Array(measured.length);
  for (let fold = 0; fold < INNER_FOLDS; fold++) {
    const left = all.filter((i) => folds[i] === fold);
    const predict = grow(
      all.filter((i) => folds[i] !== fold),
      values,
    );
    predict(
      left.map((i) => measured[i].composition),
      1,
    ).forEach((value, i) => {
      heldOut[left[i]] = value;
    });
  }
  const scale = fitScale(measured, heldOut);
  const targets = Float64Array.from(measured, ({ log10, bound }, i) =>
    bound === 'exact' ? log10 : expectedBeyond(log10, bound, heldOut[i], scale),
  );
  const predict = grow(all, targets);
  return { scale, predict: (compositions) => predict(compositions, scale) };
}

type Predict = (compositions: readonly Composition[], scale: number) => Float64Array;

function growForest(
  compositions: readonly Composition[],
  targets: Float64Array,
  features: ElementFeatures,
  mobileIon: number,
  options: ForestOptions,
): Predict {
  const grower = new ForestGrower(describe(features, compositions, mobileIon), targets, options);
  const trees = Array.from({ length: options.trees }, () => grower.grow());
  return (asked, scale) => {
    const table = describe(features, asked, mobileIon);
    const byTree = trees.map((tree) => {
      const values = new Float64Array(asked.length);
      addPredictions(tree, table, values);
      return values;
    });
    return Float64Array.from(asked, (_, i) =>
      logisticLocation(
        byTree.map((values) => values[i]),
        scale,
      ),
    );
  };
}

/** The centre of a logistic distribution of known scale that makes given values most likely. */
export function logisticLocation(values: readonly number[], scale: number): number {
  let centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  for (let i = 0; i < LOCATION_STEPS; i++) {
    // the curvature of the log-likelihood is at most 1 / (4 scale²): steps by that bound never overshoot
    const slope = values.reduce((sum, value) => sum + Math.tanh((value - centre) / (2 * scale)), 0) / values.length;
    centre += 2 * scale * slope;
  }
  return centre;
}

const LOCATION_STEPS = 20;
