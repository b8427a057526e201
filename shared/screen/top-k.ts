const FIRST_ALLOCATION = 1024; // entries; grows by doubling up to the capacity

/** What a row of a list has in its further columns, by their names. */
export type OwnCells = Readonly<Record<string, string>>;

/** Compositions by index with their logits; entry i of both arrays belongs together. */
export interface RankedEntries {
  readonly indices: Float64Array; // shape (n,), integers < 2^53
  readonly logits: Float32Array; // shape (n,)
  readonly formulas?: readonly string[]; // of a list, where an index alone does not name a composition
  readonly cells?: readonly OwnCells[]; // of a list with further columns
}

/**
 * The best `capacity` compositions of those offered: higher logit first, equal logits by lower index.
 * A binary heap whose root is the worst entry kept; the order of the offers does not matter.
 */
export class TopK {
  readonly capacity: number;
  size = 0;
  /** A logit below this cannot enter; -Infinity until the list is full. */
  floor = Number.NEGATIVE_INFINITY;
  private indices: Float64Array;
  private logits: Float32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.indices = new Float64Array(Math.min(capacity, FIRST_ALLOCATION));
    this.logits = new Float32Array(Math.min(capacity, FIRST_ALLOCATION));
  }

  /** @param logit a float32 value: compare what will be stored, or ties would depend on arrival order */
  offer(index: number, logit: number): void {
    if (this.size < this.capacity) {
      if (this.size === this.indices.length) this.grow();
      this.siftUp(this.size++, index, logit);
      if (this.size === this.capacity) this.floor = this.logits[0];
    } else if (logit > this.floor || (logit === this.floor && index < this.indices[0])) {
      this.siftDown(index, logit);
      this.floor = this.logits[0];
    }
  }

  /** Take in the best of another part. */
  add({ indices, logits }: RankedEntries): void {
    for (let i = 0; i < indices.length; i++) this.offer(indices[i], logits[i]);
  }

  /** Offer every entry of this list to another one, then empty this one. */
  drainInto(target: TopK): void {
    for (let i = 0; i < this.size; i++) target.offer(this.indices[i], this.logits[i]);
    this.size = 0;
    this.floor = Number.NEGATIVE_INFINITY;
  }

  /** A copy of the entries, best first. */
  ranked(): RankedEntries {
    const { size, indices, logits } = this;
    const order = Array.from({ length: size }, (_, i) => i);
    order.sort((a, b) => logits[b] - logits[a] || indices[a] - indices[b]);
    return {
      indices: Float64Array.from(order, (i) => indices[i]),
      logits: Float32Array.from(order, (i) => logits[i]),
    };
  }

  private siftUp(hole: number, index: number, logit: number): void {
    const { indices, logits } = this;
    let child = hole;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (isWorse(logits[parent], indices[parent], logit, index)) break;
      indices[child] = indices[parent];
      logits[child] = logits[parent];
      child = parent;
    }
    indices[child] = index;
    logits[child] = logit;
  }

  /** Replace the root, the worst entry. */
  private siftDown(index: number, logit: number): void {
    const { indices, logits, size } = this;
    let hole = 0;
    for (let child = 1; child < size; child = 2 * hole + 1) {
      const right = child + 1;
      if (right < size && isWorse(logits[right], indices[right], logits[child], indices[child])) child = right;
      if (!isWorse(logits[child], indices[child], logit, index)) break;
      indices[hole] = indices[child];
      logits[hole] = logits[child];
      hole = child;
    }
    indices[hole] = index;
    logits[hole] = logit;
  }

  private grow(): void {
    const length = Math.min(2 * this.indices.length, this.capacity);
    const { indices, logits } = this;
    this.indices = new Float64Array(length);
    this.logits = new Float32Array(length);
    this.indices.set(indices);
    this.logits.set(logits);
  }
}

/** Whether composition a ranks after composition b. */
function isWorse(logitA: number, indexA: number, logitB: number, indexB: number): boolean {
  return logitA < logitB || (logitA === logitB && indexA > indexB);
}
