import { formatFormula } from '../chemistry/formula.ts';
import type { StudentSession } from '../onnx/student-session.ts';
import { compositionAt } from '../space/rank.ts';
import { amountsMatrix, type Space, type StoichiometryClass } from '../space/space.ts';
import { type Batch, type Block, blockBatches, blocksOf, type ChunkRange } from './batches.ts';
import { ChunkAccumulator, type ExclusionAt, type RankingLimits } from './chunk-accumulator.ts';
import type { ChunkResult } from './chunk-result.ts';
import { CriteriaFilter } from './criteria.ts';
import { refuseLogit } from './score-compositions.ts';
import { NONE_SKIPPED } from './skipped-rows.ts';
import type { ChunkScreener } from './source.ts';

/** Knows systems that need no scores, because none of their compositions can be ranked. */
export interface BlockPruner {
  /**
   * Whether that is so for a block.
   *
   * @param wanted its systems, by their place in it, that no criterion excludes
   */
  sparesBlock(block: Block, wanted: Uint32Array): Promise<boolean>;
}

/** A space, a student and the limits of a ranking, ready to screen any chunk. Keeps what chunks of one class share. */
export class Screener implements ChunkScreener {
  private readonly space: Space;
  private readonly student: StudentSession;
  private readonly limits: RankingLimits;
  private readonly passLogit: number;
  private readonly filter: CriteriaFilter | undefined;
  private readonly pruner: BlockPruner | undefined;
  private amounts = new Float32Array(0); // shape (V, k) of class `amountsOf`; one class only, as chunks go class by class
  private amountsOf = -1;

  /** @param pruner if given, blocks that it spares are not scored, and chunk results count them */
  constructor(space: Space, student: StudentSession, limits: RankingLimits, pruner?: BlockPruner) {
    this.space = space;
    this.student = student;
    this.limits = limits;
    this.pruner = pruner;
    this.passLogit = logitOf(student.metadata.threshold);
    this.filter = limits.criteria && new CriteriaFilter(limits.criteria);
  }

  async screen(
    { chunk, start, end }: ChunkRange,
    runId: string,
    onScreened: (compositions: number) => void,
  ): Promise<ChunkResult> {
    const counts = new ChunkAccumulator(this.limits, this.passLogit);
    for (const block of blocksOf(this.space.classes, start, end)) {
      const cls = this.space.classes[block.classNumber];
      const wanted = this.wantedSystems(block, counts);
      if (wanted.length === 0 || (await this.pruner?.sparesBlock(block, wanted))) {
        counts.addBounded(wanted.length, cls.stoichiometries);
        onScreened(block.systems * cls.stoichiometries);
        continue;
      }
      for (const batch of blockBatches(cls, block)) {
        this.gather(batch, wanted, await this.score(batch, wanted), counts);
        onScreened(batch.systems * batch.stoichiometries);
      }
    }
    const { screened, passed, screenedByElement, passedByElement, histogram } = counts;
    return {
      ...{ runId, studentHash: this.student.hash, chunk, start, end },
      ...{ screened, passed, screenedByElement, passedByElement, histogram },
      best: counts.ranked(),
      ...{ skipped: NONE_SKIPPED, excluded: counts.excluded() },
      ...(this.pruner === undefined ? {} : { bounded: counts.bounded() }),
    };
  }

  /** Systems of a block, by their place in it, that no criterion excludes; the compositions of the others are counted. */
  private wantedSystems(block: Block, counts: ChunkAccumulator): Uint32Array {
    const { arity, systemsOffset, stoichiometries } = this.space.classes[block.classNumber];
    const wanted = new Uint32Array(block.systems);
    let kept = 0;
    for (let s = 0; s < block.systems; s++) {
      const from = systemsOffset + (block.firstSystem + s) * arity;
      const reason = this.filter?.systemExclusion(this.space.systems.subarray(from, from + arity));
      if (reason === undefined) wanted[kept++] = s;
      else counts.addUnscored(reason, stoichiometries);
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
