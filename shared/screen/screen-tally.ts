import { histogramBin } from './histogram.ts';
import { RunningCounts } from './running-counts.ts';

/** Counts of compositions taken in one by one. */
export class ScreenTally extends RunningCounts {
  private readonly passLogit: number;

  /** @param passLogit the lowest logit that passes */
  constructor(passLogit: number) {
    super();
    this.passLogit = passLogit;
  }

  /** @param logit a finite float32 value */
  add(logit: number, atomicNumbers: readonly number[]): void {
    const passes = logit >= this.passLogit ? 1 : 0;
    this.screened++;
    this.passed += passes;
    this.histogram[histogramBin(logit)]++;
    for (const z of atomicNumbers) {
      this.screenedByElement[z]++;
      this.passedByElement[z] += passes;
    }
  }
}
