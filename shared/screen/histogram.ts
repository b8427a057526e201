/** Logits below this fall into the first bin, logits from {@link HISTOGRAM_HIGH} up into the last. */
export const HISTOGRAM_LOW = -16;
export const HISTOGRAM_HIGH = 16;
export const BINS_PER_UNIT = 4;
/** Bins of width 1/4 from -16 to 16, and one beyond each end. */
export const HISTOGRAM_BINS = (HISTOGRAM_HIGH - HISTOGRAM_LOW) * BINS_PER_UNIT + 2;

/**
 * Inner edges of the bins: bin 0 is below the first edge, bin i is [edge i-1, edge i), the last bin is from the last
 * edge up. Shape (HISTOGRAM_BINS - 1,).
 */
export function histogramEdges(): number[] {
  return Array.from({ length: HISTOGRAM_BINS - 1 }, (_, i) => HISTOGRAM_LOW + i / BINS_PER_UNIT);
}

/** The bin of a logit; what is no number falls into the first. */
export function histogramBin(logit: number): number {
  if (!(logit >= HISTOGRAM_LOW)) return 0;
  if (logit >= HISTOGRAM_HIGH) return HISTOGRAM_BINS - 1;
  return (((logit - HISTOGRAM_LOW) * BINS_PER_UNIT) | 0) + 1; // the bound above keeps this within int32
}
