import { type Composition, formatFormula, reduced } from '../chemistry/formula.ts';
import { CriteriaFilter } from '../criteria/criteria-filter.ts';
import { ExcludedCollector } from '../criteria/exclusions.ts';
import { logitOf } from '../learning/logistic.ts';
import { scoreCompositions } from '../models/score-compositions.ts';
import type { StudentSession } from '../models/student-session.ts';
import type { ChunkRange } from '../screen/blocks.ts';
import type { ChunkResult } from '../screen/chunk-result.ts';
import type { ChunkScreener } from '../screen/chunk-screener.ts';
import { ScreenTally } from '../screen/counts.ts';
import { DistinctBest } from '../screen/distinct-best.ts';
import type { RankingLimits } from '../screen/ranking-limits.ts';
import { isSkipped, type ListCell, rowComposition, SkippedRowsCollector } from '../screen/skipped-rows.ts';
import type { OwnCells } from '../screen/top-k.ts';

/** Rows that are scored together: a window lies at a fixed position of the list, whatever the chunks are. */
export const WINDOW_ROWS = 4096;

interface Row {
  readonly index: number;
  readonly composition: Composition;
}

/** Rows start (inclusive) to end (exclusive) of a list, in blocks of any length. */
export type ReadRows = (start: number, end: number) => AsyncIterable<readonly ListCell[]>;

/** Further cells of rows, in the order of their indices, where a list has further columns. */
export type ReadOwnCells = (indices: Float64Array) => Promise<readonly OwnCells[]>;

/** A list, a student and the limits of a ranking, ready to screen any chunk of whole windows. */
export class ListScreener implements ChunkScreener {
  private readonly read: ReadRows;
  private readonly readOwn: ReadOwnCells | undefined;
  private readonly student: StudentSession;
  private readonly limits: RankingLimits;
  private readonly filter: CriteriaFilter | undefined;

  constructor(read: ReadRows, student: StudentSession, limits: RankingLimits, readOwn?: ReadOwnCells) {
    this.read = read;
    this.readOwn = readOwn;
    this.student = student;
    this.limits = limits;
    this.filter = limits.criteria && new CriteriaFilter(limits.criteria);
  }

  async screen(
    { chunk, start, end }: ChunkRange,
    runId: string,
    onScreened: (rows: number) => void,
  ): Promise<ChunkResult> {
    const { student, filter } = this;
    const passLogit = logitOf(student.metadata.threshold);
    const tally = new ScreenTally(passLogit);
    const excluded = new ExcludedCollector();
    const best = new DistinctBest(this.limits);
    const skipped = new SkippedRowsCollector();
    for await (const { first, cells } of windows(this.read(start, end), start)) {
      const rows = this.wantedRows(cells, first, skipped, excluded);
      const logits = await scoreCompositions(
        student,
        rows.map(({ composition }) => composition),
        (i) => `${formatFormula(rows[i].composition)} (row ${rows[i].index})`,
      );
      rows.forEach(({ index, composition }, i) => {
        tally.add(logits[i], composition.atomicNumbers);
        const exclusion = filter?.compositionExclusion(composition.atomicNumbers, composition.amounts);
        if (exclusion === undefined) best.offer(index, logits[i], () => formatFormula(reduced(composition)));
        else if (logits[i] >= passLogit) excluded.addPassed(exclusion);
      });
      onScreened(cells.length);
    }
    const ranked = best.ranked();
    return {
      runId,
      studentHash: student.hash,
      chunk,
      start,
      end,
      ...tally.counts(),
      best: { ...ranked, ...(this.readOwn && { cells: await this.readOwn(ranked.indices) }) },
      skipped: skipped.collected(),
      excluded: excluded.collected(),
    };
  }

  /** Rows that are to be scored; the others are counted. */
  private wantedRows(
    cells: readonly ListCell[],
    first: number,
    skipped: SkippedRowsCollector,
    excluded: ExcludedCollector,
  ): Row[] {
    const rows: Row[] = [];
    cells.forEach((cell, i) => {
      const composition = rowComposition(cell, first + i, this.student);
      if (isSkipped(composition)) {
        skipped.add(composition);
        return;
      }
      const reason = this.filter?.systemExclusion(composition.atomicNumbers);
      if (reason === undefined) rows.push({ index: first + i, composition });
      else excluded.addUnscored(reason, 1);
    });
    return rows;
  }
}

/** Cut blocks of any length, of which the first begins a window, into windows. */
async function* windows(
  blocks: AsyncIterable<readonly ListCell[]>,
  start: number,
): AsyncGenerator<{ first: number; cells: readonly ListCell[] }> {
  let first = start;
  let pending: readonly ListCell[] = [];
  for await (const block of blocks) {
    const cells = pending.length === 0 ? block : [...pending, ...block];
    let at = 0;
    for (; at + WINDOW_ROWS <= cells.length; at += WINDOW_ROWS, first += WINDOW_ROWS)
      yield { first, cells: cells.slice(at, at + WINDOW_ROWS) };
    pending = cells.slice(at);
  }
  if (pending.length > 0) yield { first, cells: pending };
}
