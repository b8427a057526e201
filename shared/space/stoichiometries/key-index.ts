/** Numbers 0, 1, 2, … for distinct 64-bit keys in order of first appearance: open addressing over typed arrays. */
export class KeyIndex {
  private slots = new Int32Array(1024).fill(-1); // number of the key in that slot, -1 = free
  private highs = new Uint32Array(512);
  private lows = new Uint32Array(512);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Number of a key, which is added if it is new. */
  add(high: number, low: number): number {
    const slot = this.slotOf(high, low);
    const known = this.slots[slot];
    if (known >= 0) return known;
    if (this.count === this.highs.length) {
      this.grow();
      return this.add(high, low);
    }
    this.slots[slot] = this.count;
    this.highs[this.count] = high;
    this.lows[this.count] = low;
    return this.count++;
  }

  /** -1, 0 or 1: how two keys, given by their numbers, compare. */
  compare(a: number, b: number): number {
    return Math.sign(this.highs[a] - this.highs[b]) || Math.sign(this.lows[a] - this.lows[b]);
  }

  private slotOf(high: number, low: number): number {
    const mask = this.slots.length - 1;
    let slot = (Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const number = this.slots[slot];
      if (number < 0 || (this.highs[number] === high && this.lows[number] === low)) return slot;
    }
  }

  private grow(): void {
    const { highs, lows } = this;
    this.highs = new Uint32Array(2 * highs.length);
    this.lows = new Uint32Array(2 * lows.length);
    this.highs.set(highs);
    this.lows.set(lows);
    this.slots = new Int32Array(2 * this.slots.length).fill(-1);
    for (let i = 0; i < this.count; i++) this.slots[this.slotOf(highs[i], lows[i])] = i;
  }
}
