import { type Composition, formatFormula, reduced } from '../chemistry/formula.ts';
import type { StudentSession } from '../onnx/student-session.ts';
import type { ChunkRange } from './batches.ts';
import type { RankingLimits } from './chunk-accumulator.ts';
import type { ChunkResult } from './chunk-result.ts';
import { DistinctBest } from './distinct-best.ts';
import { isSkipped, rowComposition } from './row-composition.ts';
import { scoreCompositions } from './score-compositions.ts';
import { logitOf } from './screen-chunk.ts';
import { ScreenTally } from './screen-tally.ts';
import { SkippedRowsCollector } from './skipped-rows.ts';
import type { ChunkScreener } from './source.ts';

/** Rows that are scored together: a window lies at a fixed position of the list, whatever the chunks are. */
export const WINDOW_ROWS = 4096;

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
      const logits = await scoreCompositions(
        student,
        rows.map(({ composition }) => composition),
        (i) => `${formatFormula(rows[i].composition)} (row ${rows[i].index})`,
      );
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
