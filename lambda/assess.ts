import { type AssessRuntime, createAssessHandler } from '../functions/assess.ts';
import { observed } from './observe.ts';
import { cloudRuntime } from './runtime.ts';

async function loadCloud(): Promise<AssessRuntime> {
  const { store, environment } = await cloudRuntime();
  return { store, margin: environment.number('PROMOTION_MARGIN') };
}

export const handler = observed('assess', createAssessHandler(loadCloud), ({ promote }) => ({
  GoodCandidates: Number(promote),
}));
