/** Number of set bits of a 32-bit integer (Warren, Hacker's Delight, section 5-1). */
export function bitCount(value: number): number {
  let x = value - ((value >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Number of the lowest set bit of a 32-bit integer that is not 0. */
export function lowestBit(value: number): number {
  return 31 - Math.clz32(value & -value);
}
