import { answerItems } from '../../local/threads/pool.ts';
import type { FormulaLabel } from '../../shared/labels/label.ts';
import { distill, evaluateFold, type FoldEvaluation } from '../../shared/student/distill.ts';
import type { DistillOptions } from '../../shared/student/distill-options.ts';
import type { ElementFeatures } from '../../shared/student/element-features.ts';
import type { Weights } from '../../shared/student/network.ts';

/** One training: with a fold held out and judged, or on all labels. */
export interface DistillJob {
  readonly labels: readonly FormulaLabel[];
  readonly features: ElementFeatures;
  readonly options: DistillOptions;
  readonly fold?: number;
}

/** The evaluation of a held-out fold, or the weights of a training on all labels. */
export interface DistillResult {
  readonly evaluation?: FoldEvaluation;
  readonly weights?: Weights;
}

async function run({ labels, features, options, fold }: DistillJob): Promise<DistillResult> {
  if (fold !== undefined) return { evaluation: await evaluateFold(labels, features, fold, options) };
  return { weights: (await distill(labels, features, options)).weights };
}

answerItems(run);
