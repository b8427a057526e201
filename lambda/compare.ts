import { createCompareHandler } from '../functions/compare.ts';
import { objectPage } from '../shared/aws.ts';
import type { CompareRuntime } from '../shared/comparison/compare-run.ts';
import { observed } from './observe.ts';
import { cloudRuntime } from './runtime.ts';

async function loadCloud(): Promise<CompareRuntime> {
  const { store, environment } = await cloudRuntime();
  const [region, bucket] = [environment.text('AWS_REGION'), environment.text('BUCKET')];
  return { store, addressOf: (key) => objectPage(region, bucket, key) };
}

export const handler = observed('compare', createCompareHandler(loadCloud));
