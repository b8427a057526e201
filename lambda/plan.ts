import { createPlanHandler } from '../functions/plan.ts';
import { ARCHITECTURES } from '../shared/aws.ts';
import { storeInputs } from '../shared/io/store/inputs.ts';
import type { PlanRuntime } from '../shared/planning/plan-run.ts';
import { observed } from './observe.ts';
import { cloudRuntime } from './runtime.ts';

async function loadCloud(): Promise<PlanRuntime> {
  const { store, environment } = await cloudRuntime();
  return {
    store,
    inputs: storeInputs(store),
    claim: async () => undefined, // two executions at one run share its plan and do the same
    spendingLimit: environment.number('SPENDING_LIMIT_USD'),
    stage: {
      platform: {
        architecture: environment.oneOf('SCREEN_ARCHITECTURE', ARCHITECTURES),
        memoryMB: environment.number('SCREEN_MEMORY_MB'),
      },
      timeoutSeconds: environment.number('SCREEN_TIMEOUT_SECONDS'),
      maxConcurrency: environment.number('MAX_CONCURRENCY'),
      lambdaConcurrency: environment.number('LAMBDA_CONCURRENCY'),
    },
  };
}

export const handler = observed('plan', createPlanHandler(loadCloud), ({ compositions, chunks }) => ({
  PlannedCompositions: compositions,
  PlannedChunks: chunks,
}));
