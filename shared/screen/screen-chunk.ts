import { formatFormula } from '../chemistry/formula.ts';
import type { StudentSession } from '../onnx/student-session.ts';
import { compositionAt } from '../space/rank.ts';
import { amountsMatrix, type Space, type StoichiometryClass } from '../space/space.ts';
import { type Batch, batchesOf, type ChunkRange } from './batches.ts';
import { ChunkAccumulator, type ExclusionAt, type RankingLimits } from './chunk-accumulator.ts';
import type { ChunkResult } from './chunk-result.ts';
import { CriteriaFilter } from './criteria.ts';
import { refuseLogit } from './score-compositions.ts';
import { NONE_SKIPPED } from './skipped-rows.ts';
import type { ChunkScreener } from './source.ts';

/** A space, a student and the limits of a ranking, ready to screen any chunk. Keeps what chunks of one class share. */
export class Screener implements ChunkScreener {
  private readonly space: Space;
  private readonly student: StudentSession;
  private readonly limits: RankingLimits;
  private readonly passLogit: number;
  private readonly filter: CriteriaFilter | undefined;
  private amounts = new Float32Array(0); // shape (V, k) of class `amountsOf`; one class only, as chunks go class by class
  private amountsOf = -1;

  constructor(space: Space, student: StudentSession, limits: RankingLimits) {
    this.space = space;
    this.student = student;
    this.limits = limits;
    this.passLogit = logitOf(student.metadata.threshold);
    this.filter = limits.criteria && new CriteriaFilter(limits.criteria);
  }

  async screen(
    { chunk, start, end }: ChunkRange,
    runId: string,
    onScreened: (compositions: number) => void,
  ): Promise<ChunkResult> {
    const counts = new ChunkAccumulator(this.limits, this.passLogit);
    for (const batch of batchesOf(this.space.classes, start, end)) {
      const wanted = this.wantedSystems(batch, counts);
      if (wanted.length > 0) this.gather(batch, wanted, await this.score(batch, wanted), counts);
      onScreened(batch.systems * batch.stoichiometries);
    }
    const { screened, passed, screenedByElement, passedByElement, histogram } = counts;
    return {
      ...{ runId, studentHash: this.student.hash, chunk, start, end },
      ...{ screened, passed, screenedByElement, passedByElement, histogram },
      best: counts.ranked(),
      ...{ skipped: NONE_SKIPPED, excluded: counts.excluded() },
    };
  }

  /** Systems of a batch, by their place in it, that no criterion excludes; the compositions of the others are counted. */
  private wantedSystems(batch: Batch, counts: ChunkAccumulator): Uint32Array {
    const { arity, systemsOffset } = this.space.classes[batch.classNumber];
    const wanted = new Uint32Array(batch.systems);
    let kept = 0;
    for (let s = 0; s < batch.systems; s++) {
      const from = systemsOffset + (batch.firstSystem + s) * arity;
      const reason = this.filter?.systemExclusion(this.space.systems.subarray(from, from + arity));
      if (reason === undefined) wanted[kept++] = s;
      else counts.addUnscored(reason, batch.stoichiometries);
    }
    return wanted.subarray(0, kept);
  }

  private score(batch: Batch, wanted: Uint32Array): Promise<Float32Array> {
    const { classNumber, firstSystem, firstStoichiometry, stoichiometries } = batch;
    const cls = this.space.classes[classNumber];
    const k = cls.arity;
    const from = cls.systemsOffset + firstSystem * k;
    const rows = new BigInt64Array(wanted.length * k);
    for (let s = 0; s < wanted.length; s++)
      for (let e = 0; e < k; e++)
        rows[s * k + e] = BigInt(this.student.rowOf(this.space.systems[from + wanted[s] * k + e]));
    const amounts = this.amountsOfClass(cls, classNumber).subarray(
      firstStoichiometry * k,
      (firstStoichiometry + stoichiometries) * k,
    );
    return this.student.logits(rows, amounts, wanted.length, stoichiometries);
  }

  private amountsOfClass(cls: StoichiometryClass, classNumber: number): Float32Array {
    if (this.amountsOf !== classNumber) {
      this.amounts = new Float32Array(amountsMatrix(cls, this.space.definition.maxCoefficient));
      this.amountsOf = classNumber;
    }
    return this.amounts;
  }

  private gather(batch: Batch, wanted: Uint32Array, logits: Float32Array, counts: ChunkAccumulator): void {
    const { systems } = this.space;
    const { firstSystem, firstStoichiometry, stoichiometries } = batch;
    const { arity, offset, systemsOffset, stoichiometries: perSystem } = this.space.classes[batch.classNumber];
    const isEndOfSystem = firstStoichiometry + stoichiometries === perSystem;
    for (let w = 0; w < wanted.length; w++) {
      const system = firstSystem + wanted[w];
      const firstIndex = offset + system * perSystem + firstStoichiometry;
      const from = w * stoichiometries;
      const elementsFrom = systemsOffset + system * arity;
      const exclusionAt = this.exclusionAt(batch, elementsFrom, arity);
      if (!counts.add(logits, from, stoichiometries, firstIndex, systems, elementsFrom, arity, exclusionAt))
        this.refuse(logits.subarray(from, from + stoichiometries), firstIndex);
      if (isEndOfSystem) counts.endSystem();
    }
  }

  /** Asks the criteria on amounts, if there are any, of the stoichiometries of a batch with one system. */
  private exclusionAt({ firstStoichiometry }: Batch, elementsFrom: number, arity: number): ExclusionAt | undefined {
    const { filter, amounts } = this;
    if (!filter?.asksAmounts) return undefined;
    const { systems } = this.space;
    return (i) => filter.compositionExclusion(systems, amounts, arity, elementsFrom, (firstStoichiometry + i) * arity);
  }

  private refuse(logits: Float32Array, firstIndex: number): never {
    const position = logits.findIndex((logit) => !Number.isFinite(logit));
    const index = firstIndex + position;
    const formula = formatFormula(compositionAt(this.space, index));
    refuseLogit(this.student, `${formula} (index ${index})`, logits[position]);
  }
}

/** The logit of a probability; ±Infinity for 1 and 0. */
export function logitOf(probability: number): number {
  return Math.log(probability / (1 - probability));
}
