import { type Composition, formatFormula, reduced } from '../chemistry/formula.ts';
import { IntegrityError } from '../errors.ts';
import type { StudentSession } from '../onnx/student-session.ts';
import type { ChunkRange } from './batches.ts';
import type { RankingLimits } from './chunk-accumulator.ts';
import type { ChunkResult } from './chunk-result.ts';
import { DistinctBest } from './distinct-best.ts';
import { inIntegers, isSkipped, rowComposition } from './row-composition.ts';
import { logitOf } from './screen-chunk.ts';
import { ScreenTally } from './screen-tally.ts';
import { SkippedRowsCollector } from './skipped-rows.ts';
import type { ChunkScreener } from './source.ts';

/** Rows that are scored together: a window lies at a fixed position of the list, whatever the chunks are. */
export const WINDOW_ROWS = 4096;

/**
 * Compositions of one call of the student, all of one number of elements: the call scores every pair of system and
 * amounts, of which the diagonal is wanted. Measured: one alone 8,000 to 29,000 compositions a second of one core, 16
 * together 80,000 to 160,000, 64 60,000 to 90,000. All blocks have this size, so that the products have one shape.
 */
const BLOCK = 16;

interface Row {
  readonly index: number;
  readonly composition: Composition;
}

/** Rows start (inclusive) to end (exclusive) of a list, in blocks of any length. */
export type ReadRows = (start: number, end: number) => AsyncIterable<readonly (string | undefined)[]>;

/** A list, a student and the limits of a ranking, ready to screen any chunk of whole windows. */
export class ListScreener implements ChunkScreener {
  private readonly read: ReadRows;
  private readonly student: StudentSession;
  private readonly limits: RankingLimits;

  constructor(read: ReadRows, student: StudentSession, limits: RankingLimits) {
    this.read = read;
    this.student = student;
    this.limits = limits;
  }

  async screen(
    { chunk, start, end }: ChunkRange,
    runId: string,
    onScreened: (rows: number) => void,
  ): Promise<ChunkResult> {
    const { student } = this;
    const tally = new ScreenTally(logitOf(student.metadata.threshold));
    const best = new DistinctBest(this.limits);
    const skipped = new SkippedRowsCollector();
    for await (const { first, cells } of windows(this.read(start, end), start)) {
      const rows: Row[] = [];
      cells.forEach((cell, i) => {
        const row = rowComposition(cell, first + i, student);
        if (isSkipped(row)) skipped.add(row);
        else rows.push({ index: first + i, composition: row });
      });
      const logits = await this.score(rows);
      rows.forEach(({ index, composition }, i) => {
        tally.add(logits[i], composition.atomicNumbers);
        best.offer(index, logits[i], () => formatFormula(reduced(composition)));
      });
      onScreened(cells.length);
    }
    const { screened, passed, screenedByElement, passedByElement, histogram } = tally;
    return {
      ...{ runId, studentHash: student.hash, chunk, start, end },
      ...{ screened, passed, screenedByElement, passedByElement, histogram },
      best: best.ranked(),
      skipped: skipped.collected(),
    };
  }

  /** Logits of the rows of a window. */
  private async score(rows: readonly Row[]): Promise<Float32Array> {
    const logits = new Float32Array(rows.length);
    const byArity = new Map<number, number[]>(); // positions in `rows`
    rows.forEach(({ composition }, i) => {
      const arity = composition.atomicNumbers.length;
      const positions = byArity.get(arity);
      if (positions === undefined) byArity.set(arity, [i]);
      else positions.push(i);
    });
    for (const [arity, positions] of byArity) {
      for (let at = 0; at < positions.length; at += BLOCK)
        await this.scoreBlock(rows, positions.slice(at, at + BLOCK), arity, logits);
    }
    return logits;
  }

  /** A block that is not full repeats its last row. */
  private async scoreBlock(rows: readonly Row[], positions: readonly number[], arity: number, logits: Float32Array) {
    const elements = new BigInt64Array(BLOCK * arity);
    const amounts = new Float32Array(BLOCK * arity);
    for (let b = 0; b < BLOCK; b++) {
      // equal compositions are scored from equal numbers
      const row = inIntegers(rows[positions[Math.min(b, positions.length - 1)]].composition);
      for (let e = 0; e < arity; e++) {
        elements[b * arity + e] = BigInt(this.student.rowOf(row.atomicNumbers[e]));
        amounts[b * arity + e] = row.amounts[e];
      }
    }
    const products = await this.student.logits(elements, amounts, BLOCK, BLOCK);
    positions.forEach((position, b) => {
      const logit = products[b * (BLOCK + 1)];
      if (!Number.isFinite(logit)) this.refuse(rows[position], logit);
      logits[position] = logit;
    });
  }

  private refuse({ index, composition }: Row, logit: number): never {
    throw new IntegrityError(
      `the logit of ${formatFormula(composition)} (row ${index}) is ${logit}`,
      { file: `student ${this.student.hash.slice(0, 12)}` },
      'A student must score every composition with a finite number: train it again or choose another.',
    );
  }
}

/** Cut blocks of any length, of which the first begins a window, into windows. */
async function* windows(
  blocks: AsyncIterable<readonly (string | undefined)[]>,
  start: number,
): AsyncGenerator<{ first: number; cells: readonly (string | undefined)[] }> {
  let first = start;
  let pending: readonly (string | undefined)[] = [];
  for await (const block of blocks) {
    const cells = pending.length === 0 ? block : [...pending, ...block];
    let at = 0;
    for (; at + WINDOW_ROWS <= cells.length; at += WINDOW_ROWS, first += WINDOW_ROWS)
      yield { first, cells: cells.slice(at, at + WINDOW_ROWS) };
    pending = cells.slice(at);
  }
  if (pending.length > 0) yield { first, cells: pending };
}
