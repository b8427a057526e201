import type { WorkDone } from '../../local/run-watch.ts';
import { formatCount } from '../../shared/report/page/words.ts';
import { detail, note, StatusLine, type StatusStream } from './terminal.ts';

const BAR_WIDTH = 30; // characters
const REDRAW_MS = 250; // on a terminal
const LOOK_MS = 1000; // elsewhere, where StatusLine writes seldom
const PATIENCE_S = 2; // what is done sooner is not worth a line

/** Work that is counted. */
export interface CountedWork {
  readonly unit: string; // what is counted, such as compositions
  readonly did: string; // what was done with them, such as screened
}

/** Shows how far work is, with rate and time left: a bar on a terminal, a line now and then elsewhere. */
export class Progress {
  private readonly line: StatusLine;
  private readonly work: CountedWork;
  private readonly look: () => WorkDone;
  private readonly started = performance.now();
  private readonly timer: NodeJS.Timeout;

  constructor(stream: StatusStream, work: CountedWork, look: () => WorkDone) {
    this.line = new StatusLine(stream);
    this.work = work;
    this.look = look;
    this.timer = setInterval(() => this.show(), stream.isTTY ? REDRAW_MS : LOOK_MS);
    this.timer.unref();
  }

  /** Write a line without spoiling the bar. */
  note(text: string): void {
    this.line.note(text);
  }

  /** Stop, and say how fast it was. */
  finish(): void {
    this.stop();
    const { done } = this.look();
    const { did, unit } = this.work;
    const seconds = this.seconds();
    if (done > 0) note(`${did} ${formatCount(done)} ${unit} in ${seconds.toFixed(1)} s: ${formatRate(done / seconds)}`);
  }

  /** Stop without a word. */
  stop(): void {
    clearInterval(this.timer);
    this.line.clear();
  }

  private show(): void {
    this.line.show(progressLine(this.work, this.look(), this.seconds(), this.line.isTerminal));
  }

  private seconds(): number {
    return (performance.now() - this.started) / 1000;
  }
}

/** A bar with a blank behind it. @param share that is done, 0 to 1 */
export function progressBar(share: number): string {
  const filled = Math.round(BAR_WIDTH * share);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] `;
}

/** One line on the state of work that began `seconds` ago. */
export function progressLine(
  { unit }: CountedWork,
  { done, before = 0, total, share }: WorkDone,
  seconds: number,
  withBar: boolean,
): string {
  const rate = done / seconds;
  const pace = rate > 0 ? formatRate(rate) : formatDuration(seconds);
  const reached = total === undefined ? share : Math.min(1, (before + done) / total);
  if (reached === undefined) return `${formatCount(before + done)} ${unit}, ${pace}`;
  const bar = withBar ? progressBar(reached) : '';
  const percent = (100 * reached).toFixed(1).padStart(5);
  const of = total === undefined ? `, ${formatCount(before + done)}` : ` of ${formatCount(total)}`;
  const now = total === undefined ? reached : done / total; // of all, since the start
  const left = now > 0 ? `, ${formatDuration((seconds * (1 - reached)) / now)} left` : '';
  return `${bar}${percent} %${of} ${unit}, ${pace}${left}`;
}

/** Show work that tells how many of how many are done. */
export async function countedWhile<T>(
  work: CountedWork,
  run: (onDone: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  let count: WorkDone = { done: 0 };
  const progress = new Progress(process.stderr, work, () => count);
  try {
    return await run((done, total) => {
      count = { done, total };
    });
  } finally {
    progress.stop();
  }
}

/** Show that work goes on whose parts nobody counts, once it takes longer than two seconds. */
export async function shownWhile<T>(what: string, work: Promise<T>): Promise<T> {
  const line = new StatusLine(process.stderr);
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const timer = setInterval(() => {
    if (seconds() >= PATIENCE_S) line.show(`${what}, ${formatDuration(seconds())}`);
  }, LOOK_MS);
  timer.unref();
  try {
    const result = await work;
    line.clear();
    detail(`${what} took ${seconds().toFixed(1)} s`);
    return result;
  } finally {
    clearInterval(timer);
    line.clear();
  }
}

/** A rate for people: per second, or per minute where that is below one. */
export function formatRate(perSecond: number): string {
  if (perSecond > 0 && perSecond < 1) return `${Number((60 * perSecond).toPrecision(2))}/min`;
  return perSecond < 1e5 ? `${formatCount(Math.round(perSecond))}/s` : `${(perSecond / 1e6).toFixed(2)} million/s`;
}

/** A time for people: 200 → 3 min. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
