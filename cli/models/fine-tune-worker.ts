import { answerItems } from '../../local/threads/pool.ts';
import {
  type HeldOutPart,
  type HeldOutPredictions,
  predictHeldOut,
} from '../../shared/fine-tuning/evaluate-fine-tuning.ts';
import { type FineTuneTask, fineTune } from '../../shared/fine-tuning/fine-tune.ts';
import type { ConductivityScale } from '../../shared/fine-tuning/measured-likelihood.ts';
import { distill } from '../../shared/student/distill.ts';
import type { DistillationTask } from '../../shared/student/distillation.ts';
import type { Weights } from '../../shared/student/network.ts';

/** To distill the student to start from, to fine-tune it, or to hold out a fold and predict it. */
export type FineTuneJob =
  | { readonly distill: Omit<DistillationTask, 'heldOut'> }
  | { readonly tune: FineTuneTask }
  | { readonly evaluate: FineTuneTask & { readonly transferred: Weights }; readonly held: HeldOutPart };

export interface FineTuneResult {
  readonly weights?: Weights;
  readonly scale?: ConductivityScale;
  readonly heldOut?: HeldOutPredictions;
}

async function run(job: FineTuneJob): Promise<FineTuneResult> {
  if ('distill' in job) {
    const { labels, features, options } = job.distill;
    return { weights: (await distill(labels, features, options)).weights };
  }
  if ('evaluate' in job) return { heldOut: await predictHeldOut(job.evaluate, job.held) };
  const { weights, scale } = await fineTune(job.tune);
  return { weights, scale };
}

answerItems(run);
