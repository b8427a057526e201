// not exported themselves: exported constants are looked up at every use, which takes half of the time of counting
const LOW = -16;
const HIGH = 16;
const PER_UNIT = 4;
const LAST = (HIGH - LOW) * PER_UNIT + 1;

/** Logits below this fall into the first bin, logits from {@link HISTOGRAM_HIGH} up into the last. */
export const HISTOGRAM_LOW = LOW;
export const HISTOGRAM_HIGH = HIGH;
export const BINS_PER_UNIT = PER_UNIT;
/** Bins of width 1/4 from -16 to 16, and one beyond each end. */
export const HISTOGRAM_BINS = LAST + 1;

/**
 * Inner edges of the bins: bin 0 is below the first edge, bin i is [edge i-1, edge i), the last bin is from the last
 * edge up. Shape (HISTOGRAM_BINS - 1,).
 */
export function histogramEdges(): number[] {
  return Array.from({ length: HISTOGRAM_BINS - 1 }, (_, i) => HISTOGRAM_LOW + i / BINS_PER_UNIT);
}

/** The bin of a logit; what is no number falls into the first. */
export function histogramBin(logit: number): number {
  if (!(logit >= LOW)) return 0;
  if (logit >= HIGH) return LAST;
  return (((logit - LOW) * PER_UNIT) | 0) + 1; // the bound above keeps this within int32
}
