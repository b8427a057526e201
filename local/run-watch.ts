import type { OnScored } from '../shared/ranking/rescore.ts';
import type { RunOptions } from '../shared/screen/run-options.ts';

/** Who is told how a run goes. */
export interface RunWatch {
  /** What is worth knowing though it is no result. */
  note(text: string): void;
  planning<T>(work: Promise<T>): Promise<T>;
  /** @param look how far screening is, at any time until it is told to stop */
  screening(look: () => WorkDone, options: RunOptions): ScreeningWatch;
  /** @param work tells compositions that the committee scored */
  ranking<T>(work: (onScored: OnScored) => Promise<T>): Promise<T>;
}

/** Who is told how screening goes. */
export interface ScreeningWatch {
  note(text: string): void;
  /** All is screened. */
  finish(): void;
  /** It ended, finished or not. */
  stop(): void;
}

/** Runs work until it is done or its signal, which the caller owns, stops it. */
export type Interruptible = (work: (signal: AbortSignal) => Promise<void>) => Promise<void>;

/** How far it is. */
export interface WorkDone {
  readonly done: number; // since the start
  readonly before?: number | undefined; // by an earlier process. @default 0
  readonly total?: number | undefined; // of all, where it is known
  readonly share?: number | undefined; // of all, 0 to 1, where it is known without the total
}
