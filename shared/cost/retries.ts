/** How the state machines try an invocation again: each time after twice as long, with full jitter. */
export interface RetryPolicy {
  readonly maxAttempts: number; // after the first try
  readonly intervalSeconds: number; // before the first of them, at most
  readonly maxDelaySeconds: number;
}

/** By so much every delay is longer than the one before. */
export const BACKOFF_RATE = 2;

/**
 * Throttling is waited out for as long as the execution may take: where little may run at once, the other chunks have to
 * be finished first, and who is served next is chance.
 */
export const THROTTLING_RETRY: RetryPolicy = { maxAttempts: 10_000, intervalSeconds: 2, maxDelaySeconds: 300 };
/** What AWS itself failed in. */
export const SERVICE_RETRY: RetryPolicy = { maxAttempts: 8, intervalSeconds: 2, maxDelaySeconds: 60 };
/** Whatever else went wrong. */
export const OTHER_RETRY: RetryPolicy = { maxAttempts: 3, intervalSeconds: 1, maxDelaySeconds: 30 };

/** The longest that a retry waits, in seconds; full jitter draws uniformly below it. @param attempt from 0 */
export function longestDelay({ intervalSeconds, maxDelaySeconds }: RetryPolicy, attempt: number): number {
  return Math.min(maxDelaySeconds, intervalSeconds * BACKOFF_RATE ** attempt);
}
