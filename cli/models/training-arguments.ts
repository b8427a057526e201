import type { TrainingSet } from '../../shared/student/training-set.ts';
import { tellInputs } from '../terminal/tell-inputs.ts';
import { checkModelOutput, PUBLISHED_TEACHER, readTrainingSet } from './model-files.ts';

/** Options of the commands that make a model from labels. */
export interface TrainingArguments {
  readonly labels: string;
  readonly out: string;
  readonly seed: number;
  readonly teacher?: string;
  readonly workers: number;
  readonly json?: boolean;
}

/** The training set that such a command is given, once it is known that the model can be written. */
export async function readAsked({
  labels,
  out,
  seed,
  teacher = PUBLISHED_TEACHER,
}: TrainingArguments): Promise<TrainingSet> {
  const set = await readTrainingSet(labels, teacher, seed);
  await checkModelOutput(out, [labels, teacher]);
  await tellInputs([labels, teacher]);
  return set;
}
