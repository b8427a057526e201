/** The stage that the tests deploy. */
export const STAGE = 'test';

/** US dollars: more than 24 chunks cost, less than 30 do. */
export const SPENDING_LIMIT = 0.0035;

/** What is otherwise than by default. */
export const STAGE_OVERRIDES = {
  defaultSpace: 'spaces/small.json',
  maxConcurrency: 8,
  schedule: 'rate(7 days)',
  spendingLimitUsd: SPENDING_LIMIT,
};
