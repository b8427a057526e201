import { formatFormula, formatSystem, inIntegers, parseFormula } from '../chemistry/formula.ts';
import type { RankingLimits } from './ranking-limits.ts';
import type { OwnCells, RankedEntries } from './top-k.ts';

/** What keeps the best of several parts of a run, to be merged into the best of all. */
export interface BestMerger {
  /** Best entries of one part, under the same limits. */
  add(best: RankedEntries): void;
  ranked(): RankedEntries;
}

interface Entry {
  readonly index: number;
  readonly logit: number;
  readonly formula: string;
  readonly cells?: OwnCells;
}

const SLACK = 4096; // entries gathered beyond those that can be ranked before the others are dropped

/**
 * The best compositions of a list in which one composition may stand several times and the rows of a system anywhere: of
 * equal compositions the best row counts (the first one where logits tie), then at most `perSystem` of a system, then
 * the best `top`. Merging the best of parts gives the best of the whole: a row that is dropped in its part has, for
 * every system, at least as many better rows in the whole.
 */
export class DistinctBest implements BestMerger {
  private readonly limits: RankingLimits;
  private entries: Entry[] = [];
  private worst: Entry | undefined; // of a full list: what ranks behind it cannot enter

  constructor(limits: RankingLimits) {
    this.limits = limits;
  }

  /** @param formula made only if the entry may be ranked */
  offer(index: number, logit: number, formula: () => string, cells?: OwnCells): void {
    const { worst } = this;
    if (worst !== undefined && (logit < worst.logit || (logit === worst.logit && index > worst.index))) return;
    this.entries.push({ index, logit, formula: formula(), ...(cells && { cells }) });
    if (this.entries.length >= 2 * this.limits.top + SLACK) this.compact();
  }

  add({ indices, logits, formulas = [], cells = [] }: RankedEntries): void {
    for (let i = 0; i < indices.length; i++) this.offer(indices[i], logits[i], () => formulas[i], cells[i]);
  }

  ranked(): RankedEntries {
    this.compact();
    return {
      indices: Float64Array.from(this.entries, ({ index }) => index),
      logits: Float32Array.from(this.entries, ({ logit }) => logit),
      formulas: this.entries.map(({ formula }) => formula),
      ...(this.entries.some(({ cells }) => cells !== undefined) && {
        cells: this.entries.map(({ cells = {} }) => cells),
      }),
    };
  }

  private compact(): void {
    const { top, perSystem } = this.limits;
    const seen = new Set<string>();
    const ofSystem = new Map<string, number>();
    const kept: Entry[] = [];
    for (const entry of this.entries.sort((a, b) => b.logit - a.logit || a.index - b.index)) {
      const composition = inIntegers(parseFormula(entry.formula));
      const identity = formatFormula(composition);
      const system = formatSystem(composition.atomicNumbers);
      const count = ofSystem.get(system) ?? 0;
      if (seen.has(identity) || count === perSystem) continue;
      seen.add(identity);
      ofSystem.set(system, count + 1);
      kept.push(entry);
      if (kept.length === top) break;
    }
    this.entries = kept;
    this.worst = kept.length === top ? kept[top - 1] : undefined;
  }
}
