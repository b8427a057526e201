import { formatFormula } from '../chemistry/formula.ts';
import { CriteriaFilter } from '../criteria/criteria-filter.ts';
import { logitOf } from '../learning/logistic.ts';
import { refuseLogit } from '../models/score-compositions.ts';
import type { EncodedSystems } from '../models/student-scorer.ts';
import { type StudentSession, tableRows } from '../models/student-session.ts';
import { compositionAt } from '../space/rank.ts';
import type { Space } from '../space/space.ts';
import { type Batch, type Block, blockBatches, blocksOf, type ChunkRange, ENCODED, systemsPerBlock } from './blocks.ts';
import { ChunkAccumulator, type ExclusionAt } from './chunk-accumulator.ts';
import type { ChunkResult } from './chunk-result.ts';
import type { BlockPruner, ChunkScreener } from './chunk-screener.ts';
import { ClassAmounts, longestList } from './class-amounts.ts';
import type { RankingLimits } from './ranking-limits.ts';
import { NONE_SKIPPED } from './skipped-rows.ts';

/**
 * A space, a student and the limits of a ranking, ready to screen any chunk, one after the other. Keeps what chunks of one
 * class share.
 */
export class Screener implements ChunkScreener {
  private readonly space: Space;
  private readonly student: StudentSession;
  private readonly limits: RankingLimits;
  private readonly passLogit: number;
  private readonly filter: CriteriaFilter | undefined;
  private readonly pruner: BlockPruner | undefined;
  private readonly amounts: ClassAmounts; // of one class only, as chunks go class by class
  private encoded:
    | { readonly classNumber: number; readonly first: number; readonly systems: EncodedSystems }
    | undefined;

  /**
   * @param pruner if given, blocks that it spares are not scored, and chunk results count them
   * @param amounts those of another screener with the same student and largest amount, which is not used any more
   */
  constructor(
    space: Space,
    student: StudentSession,
    limits: RankingLimits,
    pruner?: BlockPruner,
    amounts = new ClassAmounts(student, space.definition.maxCoefficient, longestList(space)),
  ) {
    this.space = space;
    this.student = student;
    this.limits = limits;
    this.pruner = pruner;
    this.amounts = amounts;
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
    return {
      runId,
      studentHash: this.student.hash,
      chunk,
      start,
      end,
      ...counts.counts(),
      best: counts.ranked(),
      skipped: NONE_SKIPPED,
      excluded: counts.excluded(),
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

  /** Logits of a batch, shape (stoichiometries, wanted). */
  private async score(batch: Batch, wanted: Uint32Array): Promise<Float32Array> {
    const { classNumber, firstSystem, firstStoichiometry, stoichiometries } = batch;
    const cls = this.space.classes[classNumber];
    const perBlock = systemsPerBlock(cls);
    const together = perBlock * Math.ceil(ENCODED / perBlock);
    // at fixed places of the class, so that a system is encoded in one way only
    const first = firstSystem - (firstSystem % together);
    const systems = await this.encodedSystems(classNumber, first, Math.min(together, cls.systems - first));
    const from = firstStoichiometry * cls.arity;
    const places = new Uint32Array(wanted.length);
    for (let w = 0; w < wanted.length; w++) places[w] = firstSystem + wanted[w] - first;
    return systems.logits(places, this.amounts.of(cls).prepared.subarray(from, from + stoichiometries * cls.arity));
  }

  private async encodedSystems(classNumber: number, first: number, count: number): Promise<EncodedSystems> {
    if (this.encoded?.classNumber === classNumber && this.encoded.first === first) return this.encoded.systems;
    const { arity, systemsOffset } = this.space.classes[classNumber];
    const from = systemsOffset + first * arity;
    const elements = this.space.systems.subarray(from, from + count * arity);
    this.encoded = undefined; // if this fails, what was encoded before is overwritten
    const systems = await this.student.encode(tableRows(this.student, elements), count);
    this.encoded = { classNumber, first, systems };
    return systems;
  }

  private gather(batch: Batch, wanted: Uint32Array, logits: Float32Array, counts: ChunkAccumulator): void {
    const { systems } = this.space;
    const { firstSystem, firstStoichiometry, stoichiometries } = batch;
    const { arity, offset, systemsOffset, stoichiometries: perSystem } = this.space.classes[batch.classNumber];
    const isEndOfSystem = firstStoichiometry + stoichiometries === perSystem;
    const stride = wanted.length;
    for (let w = 0; w < stride; w++) {
      const system = firstSystem + wanted[w];
      const firstIndex = offset + system * perSystem + firstStoichiometry;
      const elementsFrom = systemsOffset + system * arity;
      const exclusionAt = this.exclusionAt(batch, elementsFrom);
      if (!counts.add(logits, w, stride, stoichiometries, firstIndex, systems, elementsFrom, arity, exclusionAt))
        this.refuse(
          logits.filter((_, i) => i % stride === w),
          firstIndex,
        );
      if (isEndOfSystem) counts.endSystem();
    }
    counts.settle();
  }

  /** Asks the criteria on amounts, if there are any, of the stoichiometries of a batch with one system. */
  private exclusionAt({ classNumber, firstStoichiometry }: Batch, elementsFrom: number): ExclusionAt | undefined {
    const { filter } = this;
    if (!filter?.asksAmounts) return undefined;
    const { systems, classes } = this.space;
    const { arity } = classes[classNumber];
    const { matrix } = this.amounts.of(classes[classNumber]);
    return (i) => filter.compositionExclusion(systems, matrix, arity, elementsFrom, (firstStoichiometry + i) * arity);
  }

  private refuse(logits: Float32Array, firstIndex: number): never {
    const position = logits.findIndex((logit) => !Number.isFinite(logit));
    const index = firstIndex + position;
    const formula = formatFormula(compositionAt(this.space, index));
    refuseLogit(this.student, `${formula} (index ${index})`, logits[position]);
  }
}
