import { keptBuffer } from '../kept-buffer.ts';
import type { StudentSession } from '../onnx/student-session.ts';
import { RowMemory } from '../space/amounts.ts';
import { amountsMatrix, type Space, type StoichiometryClass } from '../space/space.ts';

/** Amounts of a class, shape (V, k) row-major. */
export interface Amounts {
  readonly matrix: Uint8Array;
  readonly prepared: Float32Array; // the same, as the student takes them
}

/** Stoichiometries for which memory is reserved, at most. A longer list is moved when it outgrows it. */
const MOST_RESERVED = 2 ** 20;

/**
 * The amounts of one class of a space after another, for a student. The next class takes over the memory of the last one,
 * which from the start has room for the longest list there could be: what is not written to yet takes none, and what is
 * freed whenever a longer list comes would stay with the C library.
 */
export class ClassAmounts {
  private readonly student: StudentSession;
  private readonly maxCoefficient: number;
  private readonly memory = new RowMemory(); // of `matrix`
  private readonly buffer = keptBuffer(); // of `prepared`
  private cls: StoichiometryClass | undefined;
  private current: Amounts = { matrix: new Uint8Array(0), prepared: new Float32Array(0) };

  constructor(student: StudentSession, { arity: [, arity], maxCoefficient }: Space['definition']) {
    this.student = student;
    this.maxCoefficient = maxCoefficient;
    const reserved = Math.min(maxCoefficient ** arity, MOST_RESERVED) * arity;
    this.memory.room(0, reserved);
    this.buffer(reserved);
  }

  /** Amounts of a class, good until those of another one are asked for. */
  of(cls: StoichiometryClass): Amounts {
    if (this.cls !== cls) {
      const matrix = amountsMatrix(cls, this.maxCoefficient, this.memory);
      this.current = { matrix, prepared: this.student.prepare(matrix, cls.arity, this.buffer) };
      this.cls = cls;
    }
    return this.current;
  }
}
