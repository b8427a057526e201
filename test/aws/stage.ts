/** The stage that the tests deploy. */
export const STAGE = 'test';

/** US dollars: more than 24 chunks cost, less than 200 do. */
export const SPENDING_LIMIT = 0.01;

/** What is otherwise than by default. */
export const STAGE_OVERRIDES = {
  distillation: { folds: 2, made: 4000, neutral: 1000, forest: { trees: 15 }, training: { steps: 500 } }, // a full one takes minutes
  defaultSpace: 'spaces/small.json',
  maxConcurrency: 8,
  schedule: 'rate(7 days)',
  spendingLimitUsd: SPENDING_LIMIT,
};
