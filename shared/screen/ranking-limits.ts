import type { Criteria } from '../criteria/criteria.ts';

/** What bounds the ranking. */
export interface RankingLimits {
  readonly top: number; // compositions ranked, at most
  readonly perSystem: number; // compositions of one system ranked, at most
  readonly criteria?: Criteria; // what else is asked of them; nothing if absent
}

export const DEFAULT_LIMITS: RankingLimits = { top: 1000, perSystem: 3 };
