import { keptBuffer } from '../kept-buffer.ts';
import type { StudentSession } from '../models/student-session.ts';
import { amountsMatrix, type Space, type StoichiometryClass } from '../space/space.ts';
import type { SpaceDefinition } from '../space/space-file.ts';
import { RowMemory } from '../space/stoichiometries/amounts.ts';

/** Amounts of a class, shape (V, k) row-major. */
export interface Amounts {
  readonly matrix: Uint8Array;
  readonly prepared: Float32Array; // the same, as the student takes them
}

/** Amounts in the longest list of the classes of a space. */
export function longestList({ classes }: Pick<Space, 'classes'>): number {
  return classes.reduce((longest, { arity, stoichiometries }) => Math.max(longest, arity * stoichiometries), 0);
}

const MOST_RESERVED = 2 ** 20; // stoichiometries

/** Amounts in the longest list that a class may have, when the classes are not known yet; of a million stoichiometries at most. */
export function longestPossibleList({ arity: [, arity], maxCoefficient }: SpaceDefinition): number {
  return arity * Math.min(maxCoefficient ** arity, MOST_RESERVED);
}

/**
 * The amounts of one class of a space after another, for a student. The next class takes over the memory of the last one,
 * in which room for a long list is reserved at the start. In a new process that takes no memory until it is written to,
 * while buffers that are freed whenever a longer list comes stay with the C library.
 */
export class ClassAmounts {
  private readonly student: StudentSession;
  private readonly maxCoefficient: number;
  private readonly memory = new RowMemory(); // of `matrix`
  private readonly buffer = keptBuffer(); // of `prepared`
  private current: (Amounts & { readonly cls: StoichiometryClass }) | undefined;

  /** @param reserved amounts for which there is room at once; a longer list makes room for itself */
  constructor(student: StudentSession, maxCoefficient: number, reserved: number) {
    this.student = student;
    this.maxCoefficient = maxCoefficient;
    this.memory.room(0, reserved);
    this.buffer(reserved);
  }

  /** Amounts of a class, good until those of another one are asked for. */
  of(cls: StoichiometryClass): Amounts {
    if (this.current?.cls === cls) return this.current;
    this.current = undefined; // if this fails, what was there before is overwritten
    const matrix = amountsMatrix(cls, this.maxCoefficient, this.memory);
    const prepared = this.student.prepare(matrix, cls.arity, this.buffer);
    this.current = { cls, matrix, prepared };
    return this.current;
  }
}
