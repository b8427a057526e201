import type { Criteria } from '../criteria/criteria.ts';
import { CriteriaFilter } from '../criteria/criteria-filter.ts';
import type { ClassShape } from '../screen/blocks.ts';
import type { Space, StoichiometryClass } from '../space/space.ts';

const WORK_OF_EXCLUDED = 1; // compositions that are scored while a system is looked at and left out, about

/** Work of a system of a class, in compositions scored: on average, since criteria exclude some of them. @param wanted see {@link wantedSystems} */
export function workBy({ classes }: Space, wanted: Float64Array): (cls: ClassShape) => number {
  const works = new Map<ClassShape, number>(
    classes.map((cls, c) => [cls, (cls.stoichiometries * wanted[c]) / cls.systems + WORK_OF_EXCLUDED]),
  );
  return (cls) => works.get(cls) ?? cls.stoichiometries;
}

/** Systems of each class that no criterion excludes. */
export function wantedSystems({ classes, systems }: Space, criteria?: Criteria): Float64Array {
  const counts = Float64Array.from(classes, (cls) => cls.systems);
  if (criteria === undefined) return counts;
  const filter = new CriteriaFilter(criteria);
  const isWanted = (start: number, { arity }: StoichiometryClass): boolean =>
    filter.systemExclusion(systems.subarray(start, start + arity)) === undefined;
  for (const [c, cls] of classes.entries()) {
    counts[c] = 0;
    for (let s = 0; s < cls.systems; s++) if (isWanted(cls.systemsOffset + s * cls.arity, cls)) counts[c]++;
  }
  return counts;
}
