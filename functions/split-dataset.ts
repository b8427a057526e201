import { InputError } from '../shared/errors.ts';
import { once } from '../shared/once.ts';
import { checkDatasetName } from '../shared/retraining/job-keys.ts';
import { type SplitReceipt, type SplitRuntime, splitDataset } from '../shared/retraining/split-dataset.ts';
import { readEvent } from './events.ts';

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
  const name = readEvent(event, 'split-dataset').optionalText('dataset');
  return name === undefined ? null : checkDatasetName(name, place);
}
