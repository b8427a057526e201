import { fitLogistic, logisticLogit, sigmoid } from '../learning/logistic.ts';
import { binaryMetrics } from '../learning/metrics.ts';
import { prepareRows, SubsetFitter } from '../learning/subset-logistic.ts';
import { createRandom, shuffle } from '../random.ts';
import { leaveOneOut } from './fit-teacher.ts';

/** A subset of columns and how it does on rows left out. */
export interface RankedSubset {
  readonly columns: readonly number[]; // ascending
  readonly auc: number;
  readonly logLoss: number; // mean
}

/** What is searched: rows of candidate features with their classes. Plain data, so that a thread can do it. */
export interface SubsetSearch {
  readonly rows: readonly Float64Array[];
  readonly positive: readonly boolean[]; // at least two of each class
  readonly penalty: number; // as `fitLogistic` takes it
  readonly maxColumns: number; // of a subset
  readonly keep: number; // subsets to return
}

/** What a search gives. */
export interface SubsetRanking {
  readonly subsets: number; // compared
  readonly best: readonly RankedSubset[]; // at most `keep`
}

/**
 * Compare every subset of up to `maxColumns` columns by leave-one-out: the higher AUC first; of equal ones the fewer
 * columns, then the lower log loss, then the earlier columns.
 */
export function searchSubsets({ rows, positive, penalty, maxColumns, keep }: SubsetSearch): SubsetRanking {
  const fitter = new SubsetFitter(prepareRows(rows), positive, penalty);
  const logits = new Float64Array(rows.length);
  const best: RankedSubset[] = [];
  let subsets = 0;
  for (const columns of subsetsUpTo(rows[0].length, maxColumns)) {
    subsets++;
    if (!fitter.leaveOneOut(columns, logits)) logits.set(exactLogits(rows, positive, penalty, columns));
    const entry = { columns, auc: areaUnderCurve(positive, logits), logLoss: logLoss(positive, logits) };
    if (best.length === keep && compareSubsets(entry, best[keep - 1]) > 0) continue;
    best.push(entry);
    best.sort(compareSubsets);
    best.length = Math.min(best.length, keep);
  }
  return { subsets, best };
}

/** Subsets of 0..n−1 by size, then in lexicographic order. */
export function* subsetsUpTo(n: number, most: number): Generator<readonly number[]> {
  for (let size = 1; size <= Math.min(n, most); size++) {
    const columns = Array.from({ length: size }, (_, i) => i);
    for (;;) {
      yield [...columns];
      let i = size - 1;
      while (i >= 0 && columns[i] === n - size + i) i--;
      if (i < 0) break;
      columns[i]++;
      for (let k = i + 1; k < size; k++) columns[k] = columns[k - 1] + 1;
    }
  }
}

function compareSubsets(a: RankedSubset, b: RankedSubset): number {
  if (a.auc !== b.auc) return b.auc - a.auc;
  if (a.columns.length !== b.columns.length) return a.columns.length - b.columns.length;
  if (a.logLoss !== b.logLoss) return a.logLoss - b.logLoss;
  const i = a.columns.findIndex((column, k) => column !== b.columns[k]);
  return i < 0 ? 0 : a.columns[i] - b.columns[i];
}

function exactLogits(
  rows: readonly Float64Array[],
  positive: readonly boolean[],
  penalty: number,
  columns: readonly number[],
): Float64Array {
  return leaveOneOut(pickColumns(rows, columns), positive, penalty).map((p) => Math.log(p) - Math.log1p(-p));
}

/** Some columns of rows. */
export function pickColumns(rows: readonly Float64Array[], columns: readonly number[]): Float64Array[] {
  return rows.map((row) => Float64Array.from(columns, (column) => row[column]));
}

/** Share of (positive, negative) pairs in the right order, ties half. Quadratic, which is fastest for tens of rows. */
function areaUnderCurve(positive: readonly boolean[], logits: Float64Array): number {
  let [right, pairs] = [0, 0];
  for (let i = 0; i < logits.length; i++) {
    if (!positive[i]) continue;
    for (let j = 0; j < logits.length; j++) {
      if (positive[j]) continue;
      pairs++;
      if (logits[i] > logits[j]) right++;
      else if (logits[i] === logits[j]) right += 0.5;
    }
  }
  return right / pairs;
}

function logLoss(positive: readonly boolean[], logits: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const margin = positive[i] ? logits[i] : -logits[i];
    sum += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
  }
  return sum / logits.length;
}

/** Searches with the classes shuffled among the rows: how good the best subset is where there is nothing to find. */
export function permutedSearches(search: SubsetSearch, permutations: number, seed: number): SubsetSearch[] {
  const random = createRandom(seed);
  return Array.from({ length: permutations }, () => ({
    ...search,
    positive: shuffle([...search.positive], random),
    keep: 1,
  }));
}

/** Searches that never see one row, for each row. A class needs three rows, that two be left. */
export function nestedSearches(search: SubsetSearch): SubsetSearch[] {
  return search.rows.map((_, left) => ({
    ...search,
    rows: search.rows.filter((_, i) => i !== left),
    positive: search.positive.filter((_, i) => i !== left),
    keep: 1,
  }));
}

/**
 * AUC of choosing and fitting as one procedure: every row gets its probability from the subset that was chosen, and the
 * model that was fitted, without it.
 *
 * @param found results of {@link nestedSearches}
 */
export function nestedAuc(search: SubsetSearch, found: readonly SubsetRanking[]): number {
  const probabilities = nestedSearches(search).map(({ rows, positive, penalty }, left) => {
    const { columns } = found[left].best[0];
    const model = fitLogistic(pickColumns(rows, columns), positive, penalty);
    return sigmoid(logisticLogit(model, pickColumns([search.rows[left]], columns)[0]));
  });
  return binaryMetrics(search.positive, probabilities, 0.5).auc;
}
