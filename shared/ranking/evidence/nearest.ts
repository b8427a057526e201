import {
  compositionDistance,
  cumulativeAreas,
  PARTS,
  type ScaleProfile,
  scaleProfile,
} from '../../chemistry/composition-distance.ts';
import type { Composition } from '../../chemistry/formula.ts';

/** A composition of the index. */
export interface Neighbor {
  readonly position: number; // in the list that was indexed
  readonly distance: number; // steps of the modified Pettifor scale per atom
}

const ROUNDING = 1e-9; // far above the rounding of a distance, far below a difference that matters

/** Finds the nearest of a list of compositions by the element mover's distance, exactly. */
export class NearestCompositions {
  private readonly order: readonly number[]; // positions in the list by ascending mean
  private readonly profiles: readonly ScaleProfile[]; // in that order
  private readonly areas: Float64Array; // shape (compositions, PARTS) row-major, in that order

  constructor(compositions: readonly Composition[]) {
    const profiles = compositions.map(scaleProfile);
    this.order = profiles.map((_, i) => i).sort((a, b) => profiles[a].mean - profiles[b].mean || a - b);
    this.profiles = this.order.map((i) => profiles[i]);
    this.areas = new Float64Array(PARTS * profiles.length);
    this.profiles.forEach((profile, i) => {
      this.areas.set(cumulativeAreas(profile), PARTS * i);
    });
  }

  /**
   * The `count` nearest, nearest first, equal ones by their position in the list. The means of two profiles differ by no
   * more than their distance, so candidates are taken by ascending difference of the means until none can be nearer; their
   * areas are a closer bound, which spares most of them.
   */
  nearest(composition: Composition, count: number): Neighbor[] {
    const { profiles, order } = this;
    const sought = scaleProfile(composition);
    const areas = cumulativeAreas(sought);
    const found: Neighbor[] = [];
    let above = this.firstFrom(sought.mean);
    let below = above - 1;
    let worst = Number.POSITIVE_INFINITY; // distance of the last one of a full list
    while (below >= 0 || above < profiles.length) {
      const gapBelow = this.gap(below, sought.mean);
      const gapAbove = this.gap(above, sought.mean);
      if (Math.min(gapBelow, gapAbove) > worst + ROUNDING) break;
      const i = gapBelow < gapAbove ? below-- : above++;
      if (this.bound(areas, i) > worst + ROUNDING) continue;
      const distance = compositionDistance(sought, profiles[i]);
      if (distance > worst) continue;
      insert(found, { position: order[i], distance }, count);
      if (found.length === count) worst = found[count - 1].distance;
    }
    return found;
  }

  /** Difference of the means; infinite where the list has ended. */
  private gap(i: number, mean: number): number {
    const profile = this.profiles.at(i < 0 ? this.profiles.length : i);
    return profile === undefined ? Number.POSITIVE_INFINITY : Math.abs(profile.mean - mean);
  }

  private bound(areas: Float64Array, i: number): number {
    let sum = 0;
    for (let part = 0; part < PARTS; part++) sum += Math.abs(areas[part] - this.areas[PARTS * i + part]);
    return sum;
  }

  /** The first place whose mean is not below a value. */
  private firstFrom(mean: number): number {
    let low = 0;
    let high = this.profiles.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.profiles[middle].mean < mean) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Insert into a short sorted list, of which `count` entries are kept. */
function insert(found: Neighbor[], entry: Neighbor, count: number): void {
  const isAfter = (other: Neighbor): boolean =>
    other.distance > entry.distance || (other.distance === entry.distance && other.position > entry.position);
  const at = found.findIndex(isAfter);
  found.splice(at < 0 ? found.length : at, 0, entry);
  if (found.length > count) found.pop();
}
