import { MAX_ATOMIC_NUMBER } from '../chemistry/elements.ts';
import type { ScreenCounts } from './chunk-result.ts';
import { HISTOGRAM_BINS } from './histogram.ts';

/** Counts that begin at zero, for those who add to them. */
export class RunningCounts implements ScreenCounts {
  screened = 0;
  passed = 0;
  readonly screenedByElement = new Float64Array(MAX_ATOMIC_NUMBER + 1);
  readonly passedByElement = new Float64Array(MAX_ATOMIC_NUMBER + 1);
  readonly histogram = new Float64Array(HISTOGRAM_BINS);
}
