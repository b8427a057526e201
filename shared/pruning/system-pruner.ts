import type { SystemEncoder } from '../models/student-head.ts';
import { type StudentSession, tableRows } from '../models/student-session.ts';
import { type Block, ENCODED } from '../screen/blocks.ts';
import type { BlockPruner } from '../screen/chunk-screener.ts';
import type { Space } from '../space/space.ts';
import { LogitBound } from './logit-bound.ts';
import { type FractionPolytope, neutralFractions } from './neutral-fractions.ts';

/** Compositions that are scored in the time that one polytope is bounded, about. */
const COMPOSITIONS_PER_CELL = 512;
/** Systems of the trillion space need 10 polytopes on average: with fewer, scoring them costs less. */
const LEAST_CELLS = 10;
/** Systems with fewer stoichiometries are scored without a try. */
export const LEAST_TRIED = LEAST_CELLS * COMPOSITIONS_PER_CELL;

/**
 * Spares systems none of whose compositions reaches a threshold. As much is spent on a proof as scoring the system would
 * take, so that systems with few stoichiometries are not tried. What is spared does not depend on the chunks.
 */
export class SystemPruner implements BlockPruner {
  private readonly space: Space;
  private readonly student: StudentSession;
  private readonly encoder: SystemEncoder;
  private readonly threshold: number;
  private readonly leastCells: number;
  private readonly bounds = new Map<number, LogitBound>(); // by arity
  private polytopes: readonly FractionPolytope[] = []; // of class `polytopesOf`
  private polytopesOf = -1;
  private vectors = new Float32Array(0); // shape (k, systems, first), of systems from `vectorsFrom` of that class
  private vectorsFrom = -1;

  /**
   * @param threshold a logit that as many compositions as are ranked reach: what stays below it is not ranked
   * @param leastCells polytopes to bound for a system that has few stoichiometries
   */
  constructor(space: Space, student: StudentSession, encoder: SystemEncoder, threshold: number, leastCells = 0) {
    this.space = space;
    this.student = student;
    this.encoder = encoder;
    this.threshold = threshold;
    this.leastCells = leastCells;
  }

  async sparesBlock({ classNumber, firstSystem }: Block, wanted: Uint32Array): Promise<boolean> {
    const { arity, stoichiometries, splits } = this.space.classes[classNumber];
    const cells = Math.max(this.leastCells, Math.floor(stoichiometries / COMPOSITIONS_PER_CELL));
    if (cells < LEAST_CELLS || this.threshold === Number.NEGATIVE_INFINITY) return false;
    if (this.polytopesOf !== classNumber) {
      this.polytopes = neutralFractions(splits, this.space.definition.maxCoefficient);
      this.polytopesOf = classNumber;
      this.vectorsFrom = -1;
    }
    const bound = this.boundOf(arity);
    for (const place of wanted) if (!(await this.isBelow(bound, classNumber, firstSystem + place, cells))) return false;
    return true;
  }

  private boundOf(arity: number): LogitBound {
    let bound = this.bounds.get(arity);
    if (bound === undefined) {
      bound = new LogitBound(this.encoder.head, arity, this.space.definition.maxCoefficient);
      this.bounds.set(arity, bound);
    }
    return bound;
  }

  private async isBelow(bound: LogitBound, classNumber: number, system: number, cells: number): Promise<boolean> {
    const from = system - (system % ENCODED); // at fixed places of the class, so that it is encoded in one way only
    if (from !== this.vectorsFrom) await this.encode(classNumber, from);
    const { first } = this.encoder.head;
    const stride = this.vectors.length / this.space.classes[classNumber].arity;
    return bound.isBelow(this.threshold, this.vectors, (system - from) * first, stride, this.polytopes, cells);
  }

  private async encode(classNumber: number, from: number): Promise<void> {
    const { arity, systems, systemsOffset } = this.space.classes[classNumber];
    const count = Math.min(ENCODED, systems - from);
    const start = systemsOffset + from * arity;
    const elements = this.space.systems.subarray(start, start + count * arity);
    this.vectors = (await this.encoder.vectors(tableRows(this.student, elements), count)).slice();
    this.vectorsFrom = from;
  }
}
