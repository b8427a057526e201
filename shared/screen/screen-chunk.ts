import { formatFormula } from '../chemistry/formula.ts';
import type { StudentSession } from '../onnx/student-session.ts';
import { compositionAt } from '../space/rank.ts';
import { amountsMatrix, type Space, type StoichiometryClass } from '../space/space.ts';
import { type Batch, batchesOf, type ChunkRange } from './batches.ts';
import { ChunkAccumulator, type RankingLimits } from './chunk-accumulator.ts';
import type { ChunkResult } from './chunk-result.ts';
import { refuseLogit } from './score-compositions.ts';
import { NONE_SKIPPED } from './skipped-rows.ts';
import type { ChunkScreener } from './source.ts';

/** A space, a student and the limits of a ranking, ready to screen any chunk. Keeps what chunks of one class share. */
export class Screener implements ChunkScreener {
  private readonly space: Space;
  private readonly student: StudentSession;
  private readonly limits: RankingLimits;
  private readonly passLogit: number;
  private amounts = new Float32Array(0); // shape (V, k) of class `amountsOf`; one class only, as chunks go class by class
  private amountsOf = -1;

  constructor(space: Space, student: StudentSession, limits: RankingLimits) {
    this.space = space;
    this.student = student;
    this.limits = limits;
    this.passLogit = logitOf(student.metadata.threshold);
  }

  async screen(
    { chunk, start, end }: ChunkRange,
    runId: string,
    onScreened: (compositions: number) => void,
  ): Promise<ChunkResult> {
    const counts = new ChunkAccumulator(this.limits, this.passLogit);
    for (const batch of batchesOf(this.space.classes, start, end)) {
      const logits = await this.score(batch);
      this.gather(batch, logits, counts);
      onScreened(batch.systems * batch.stoichiometries);
    }
    const { screened, passed, screenedByElement, passedByElement, histogram } = counts;
    return {
      ...{ runId, studentHash: this.student.hash, chunk, start, end },
      ...{ screened, passed, screenedByElement, passedByElement, histogram },
      best: counts.ranked(),
      skipped: NONE_SKIPPED,
    };
  }

  private score(batch: Batch): Promise<Float32Array> {
    const { classNumber, firstSystem, systems, firstStoichiometry, stoichiometries } = batch;
    const cls = this.space.classes[classNumber];
    const k = cls.arity;
    const from = cls.systemsOffset + firstSystem * k;
    const rows = new BigInt64Array(systems * k);
    for (let i = 0; i < rows.length; i++) rows[i] = BigInt(this.student.rowOf(this.space.systems[from + i]));
    const amounts = this.amountsOfClass(cls, classNumber).subarray(
      firstStoichiometry * k,
      (firstStoichiometry + stoichiometries) * k,
    );
    return this.student.logits(rows, amounts, systems, stoichiometries);
  }

  private amountsOfClass(cls: StoichiometryClass, classNumber: number): Float32Array {
    if (this.amountsOf !== classNumber) {
      this.amounts = new Float32Array(amountsMatrix(cls, this.space.definition.maxCoefficient));
      this.amountsOf = classNumber;
    }
    return this.amounts;
  }

  private gather(batch: Batch, logits: Float32Array, counts: ChunkAccumulator): void {
    const { systems } = this.space;
    const { firstSystem, firstStoichiometry, stoichiometries } = batch;
    const { arity, offset, systemsOffset, stoichiometries: perSystem } = this.space.classes[batch.classNumber];
    const isEndOfSystem = firstStoichiometry + stoichiometries === perSystem;
    for (let s = 0; s < batch.systems; s++) {
      const firstIndex = offset + (firstSystem + s) * perSystem + firstStoichiometry;
      const from = s * stoichiometries;
      const elementsFrom = systemsOffset + (firstSystem + s) * arity;
      if (!counts.add(logits, from, stoichiometries, firstIndex, systems, elementsFrom, arity))
        this.refuse(logits.subarray(from, from + stoichiometries), firstIndex);
      if (isEndOfSystem) counts.endSystem();
    }
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
