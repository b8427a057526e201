import type { ConditionalStore } from '../shared/io/store/store.ts';
import { once } from '../shared/once.ts';
import { type Promotion, promoteCandidate } from '../shared/retraining/promote.ts';
import { fields, text } from '../shared/shape.ts';
import { maybe, parseEvent } from './events.ts';

const PROMOTE_EVENT = fields({ jobId: text, expected: maybe(text) });

/** What a promotion needs. */
export interface PromoteRuntime {
  readonly store: ConditionalStore;
}

/** What became of a promotion. */
export interface PromoteReceipt extends Promotion {
  readonly jobId: string;
  readonly student: string; // key of the candidate's model
  readonly hash: string; // SHA-256 of it
}

/** Parse, promote, acknowledge. A student that is in use already counts as promoted, so retries are safe. */
export function createPromoteHandler(load: () => Promise<PromoteRuntime>): (event: unknown) => Promise<PromoteReceipt> {
  const runtime = once(load);
  return async (event) => {
    const { jobId, expected = null } = parseEvent(PROMOTE_EVENT, event, 'promote');
    const { store } = await runtime();
    return { jobId, ...(await promoteCandidate(store, jobId, expected)) };
  };
}
