import { InputError } from '../shared/errors.ts';
import { once } from '../shared/once.ts';
import { checkDatasetName } from '../shared/retraining/job-keys.ts';
import { type SplitReceipt, type SplitRuntime, splitDataset } from '../shared/retraining/split-dataset.ts';
import { fields, text } from '../shared/shape.ts';
import { maybe, parseEvent } from './events.ts';

const SPLIT_EVENT = fields({ dataset: maybe(text) });

/** Parse, split, store, acknowledge; see `splitDataset`. */
export function createSplitHandler(load: () => Promise<SplitRuntime>): (event: unknown) => Promise<SplitReceipt> {
  const runtime = once(load);
  return async (event) => {
    const dataset = parseDataset(event);
    return splitDataset(await runtime(), dataset);
  };
}

/** A dataset's name, or null; leaving the field out is no wish. */
function parseDataset(event: unknown): string | null {
  const place = { file: 'event of split-dataset', column: 'dataset' };
  if (typeof event !== 'object' || event === null || !('dataset' in event))
    throw new InputError('there is no dataset', place, 'Name one, or give null to train on the base labels alone.');
  const { dataset } = parseEvent(SPLIT_EVENT, event, 'split-dataset');
  return dataset === undefined ? null : checkDatasetName(dataset, place);
}
