import { objectPage } from '../shared/aws.ts';
import { type CompareReceipt, type CompareRuntime, compareRun } from '../shared/comparison/compare-run.ts';
import { once } from '../shared/once.ts';
import { readEvent } from './events.ts';
import { observed } from './observe.ts';
import { cloudRuntime } from './runtime.ts';

/** Parse, compare, store, acknowledge; see `compareRun`. */
export function createCompareHandler(load: () => Promise<CompareRuntime>): (event: unknown) => Promise<CompareReceipt> {
  const runtime = once(load);
  return async (event) => {
    const fields = readEvent(event, 'compare');
    const runId = fields.text('runId');
    return compareRun(await runtime(), runId, fields.optionalText('message'));
  };
}

async function loadCloud(): Promise<CompareRuntime> {
  const { store, environment } = await cloudRuntime();
  const [region, bucket] = [environment.text('AWS_REGION'), environment.text('BUCKET')];
  return { store, addressOf: (key) => objectPage(region, bucket, key) };
}

export const handler = observed('compare', createCompareHandler(loadCloud));
