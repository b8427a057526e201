import { greatestCommonDivisor } from '../../chemistry/formula.ts';
import type { ChargeStates } from './sumsets.ts';

/** Amount vectors of some columns, those with the same divisor and the same possible charges taken together. */
export interface Parts {
  readonly starts: Int32Array; // shape (parts + 1,): slots of part i are starts[i] to starts[i + 1] (exclusive)
  readonly slots: Int32Array; // ascending within a part; a slot is a split with a net charge
  readonly divisors: Uint8Array; // shape (parts,), greatest common divisor of the amounts
  readonly multiplicities: Float64Array; // shape (parts,), amount vectors
}

const STRIDE = 8192; // slots of one split
const ZERO = 4096; // slot of charge 0; charges stay within 8 columns · 64 · 9 / 2 on either side

/** The split of a slot. */
export function slotSplit(slot: number): number {
  return (slot / STRIDE) | 0;
}

/** The net charge of a slot. */
export function slotCharge(slot: number): number {
  return (slot & (STRIDE - 1)) - ZERO;
}

/**
 * All amount vectors with entries 1..maxCoefficient of some columns, grouped. Columns with few states come first, so
 * that groups stay few while columns are added.
 *
 * @param splits alternatives, each shape (columns, states)
 */
export function distinctParts(splits: readonly ChargeStates[], maxCoefficient: number): Parts {
  let parts: Parts = {
    starts: Int32Array.of(0, splits.length),
    slots: Int32Array.from(splits, (_, split) => split * STRIDE + ZERO),
    divisors: Uint8Array.of(0),
    multiplicities: Float64Array.of(1),
  };
  for (let c = 0; c < splits[0].length; c++) {
    const collector = new PartCollector();
    appendColumn(
      parts,
      splits.map((states) => states[c]),
      maxCoefficient,
      collector,
    );
    parts = collector.parts();
  }
  return parts;
}

function appendColumn(
  { starts, slots, divisors, multiplicities }: Parts,
  column: ChargeStates, // states of the column in every split
  maxCoefficient: number,
  collector: PartCollector,
): void {
  const seen = new Int32Array(column.length * STRIDE); // 1 + the last vector with that slot
  const sums = new Int32Array(seen.length);
  let vector = 0;
  for (let part = 0; part < divisors.length; part++) {
    for (let amount = 1; amount <= maxCoefficient; amount++) {
      vector++;
      let count = 0;
      for (let i = starts[part]; i < starts[part + 1]; i++) {
        const states = column[slotSplit(slots[i])];
        for (let j = 0; j < states.length; j++) {
          const slot = slots[i] + amount * states[j];
          if (seen[slot] === vector) continue;
          seen[slot] = vector;
          sums[count++] = slot;
        }
      }
      collector.add(
        sums.subarray(0, count).sort(),
        greatestCommonDivisor(divisors[part], amount),
        multiplicities[part],
      );
    }
  }
}

/** Adds up parts with equal divisor and slots: open addressing by their hash. */
class PartCollector {
  private table = new Int32Array(1024).fill(-1); // part at that place, -1 = free
  private readonly hashes: number[] = [];
  private readonly starts = [0];
  private readonly slots: number[] = [];
  private readonly divisors: number[] = [];
  private readonly multiplicities: number[] = [];

  /** @param slots ascending */
  add(slots: Int32Array, divisor: number, multiplicity: number): void {
    const hash = hashOf(slots, divisor);
    let place = hash & (this.table.length - 1);
    for (; this.table[place] >= 0; place = (place + 1) & (this.table.length - 1)) {
      const part = this.table[place];
      if (this.hashes[part] === hash && this.equals(part, slots, divisor)) {
        this.multiplicities[part] += multiplicity;
        return;
      }
    }
    this.table[place] = this.divisors.length;
    for (let i = 0; i < slots.length; i++) this.slots.push(slots[i]);
    this.starts.push(this.slots.length);
    this.hashes.push(hash);
    this.divisors.push(divisor);
    this.multiplicities.push(multiplicity);
    if (2 * this.divisors.length > this.table.length) this.grow();
  }

  parts(): Parts {
    return {
      starts: Int32Array.from(this.starts),
      slots: Int32Array.from(this.slots),
      divisors: Uint8Array.from(this.divisors),
      multiplicities: Float64Array.from(this.multiplicities),
    };
  }

  private equals(part: number, slots: Int32Array, divisor: number): boolean {
    const start = this.starts[part];
    if (this.divisors[part] !== divisor || this.starts[part + 1] - start !== slots.length) return false;
    for (let i = 0; i < slots.length; i++) if (this.slots[start + i] !== slots[i]) return false;
    return true;
  }

  private grow(): void {
    this.table = new Int32Array(2 * this.table.length).fill(-1);
    for (const [part, hash] of this.hashes.entries()) {
      let place = hash & (this.table.length - 1);
      while (this.table[place] >= 0) place = (place + 1) & (this.table.length - 1);
      this.table[place] = part;
    }
  }
}

/** FNV-1a over the numbers (Fowler, Noll and Vo, http://www.isthe.com/chongo/tech/comp/fnv/). */
function hashOf(slots: Int32Array, divisor: number): number {
  let hash = 0x811c9dc5 ^ divisor;
  for (let i = 0; i < slots.length; i++) hash = Math.imul(hash ^ slots[i], 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
