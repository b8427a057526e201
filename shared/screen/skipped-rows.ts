import type { SkippedRow, SkipReason } from './row-composition.ts';

/** Rows without a score: how many by reason, and the first of them one by one. */
export interface SkippedRows {
  readonly counts: Readonly<Partial<Record<SkipReason, number>>>;
  readonly rows: readonly SkippedRow[]; // by index
}

/** Rows that are listed one by one, at most; all are counted. */
export const MOST_LISTED = 1_000_000;

export const NONE_SKIPPED: SkippedRows = { counts: {}, rows: [] };

/** Counts skipped rows and keeps the first of them, of one chunk or of many in any order. */
export class SkippedRowsCollector {
  private readonly counts = new Map<SkipReason, number>();
  private rows: SkippedRow[] = [];

  add(row: SkippedRow): void {
    this.count(row.reason, 1);
    this.keep(row);
  }

  merge({ counts, rows }: SkippedRows): void {
    for (const [reason, count] of Object.entries(counts)) this.count(reason as SkipReason, count);
    for (const row of rows) this.keep(row);
  }

  collected(): SkippedRows {
    this.trim();
    const counts = [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1));
    return { counts: Object.fromEntries(counts), rows: this.rows };
  }

  private count(reason: SkipReason, count: number): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + count);
  }

  private keep(row: SkippedRow): void {
    this.rows.push(row);
    if (this.rows.length >= 2 * MOST_LISTED) this.trim();
  }

  private trim(): void {
    this.rows = this.rows.sort((a, b) => a.index - b.index).slice(0, MOST_LISTED);
  }
}

export function skippedTotal({ counts }: SkippedRows): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
