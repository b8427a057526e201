import { formatCount } from './output.ts';

const BAR_WIDTH = 30; // characters
const REDRAW_MS = 250; // on a terminal
const LINE_MS = 10_000; // elsewhere

/** What {@link Progress} writes to: `process.stderr`. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows how far a screening is: a bar with rate and time left on a terminal, a line now and then elsewhere. */
export class Progress {
  private readonly stream: ProgressStream;
  private readonly total: number; // compositions
  private readonly reused: () => number; // compositions of chunks that were finished before
  private readonly screened: () => number; // compositions screened since the start
  private readonly done: string; // what was done with them
  private readonly started = performance.now();
  private readonly timer: NodeJS.Timeout;

  constructor(stream: ProgressStream, total: number, reused: () => number, screened: () => number, done: string) {
    this.stream = stream;
    this.total = total;
    this.reused = reused;
    this.screened = screened;
    this.done = done;
    this.timer = setInterval(() => this.show(), stream.isTTY ? REDRAW_MS : LINE_MS);
  }

  /** Write a line without spoiling the bar. */
  note(text: string): void {
    this.clear();
    this.stream.write(`${text}\n`);
  }

  /** Stop, and say how fast it was. */
  finish(): void {
    this.stop();
    const seconds = (performance.now() - this.started) / 1000;
    const screened = this.screened();
    if (screened > 0)
      this.stream.write(
        `${this.done} ${formatCount(screened)} compositions in ${seconds.toFixed(1)} s: ${formatRate(screened / seconds)}\n`,
      );
  }

  /** Stop without a word. */
  stop(): void {
    clearInterval(this.timer);
    this.clear();
  }

  private show(): void {
    const seconds = (performance.now() - this.started) / 1000;
    const line = progressLine(this.total, this.reused(), this.screened(), seconds, this.stream.isTTY === true);
    if (this.stream.isTTY) this.stream.write(`\r${line.slice(0, (this.stream.columns ?? 80) - 1)}\u001b[K`);
    else this.stream.write(`${line}\n`);
  }

  private clear(): void {
    if (this.stream.isTTY) this.stream.write('\r\u001b[K');
  }
}

/**
 * One line on the state of a screening.
 *
 * @param total compositions in all, of which `reused` were screened before and `screened` in the last `seconds`
 */
export function progressLine(
  total: number,
  reused: number,
  screened: number,
  seconds: number,
  withBar: boolean,
): string {
  const done = Math.min(total, reused + screened);
  const filled = Math.round((BAR_WIDTH * done) / total);
  const bar = withBar ? `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ` : '';
  const percent = ((100 * done) / total).toFixed(1).padStart(5);
  const rate = screened / seconds;
  const left = rate > 0 ? `, ${formatDuration((total - done) / rate)} left` : '';
  return `${bar}${percent} % of ${formatCount(total)}, ${formatRate(rate)}${left}`;
}

/** Compositions per second for people. */
export function formatRate(perSecond: number): string {
  return perSecond < 1e5 ? `${formatCount(Math.round(perSecond))}/s` : `${(perSecond / 1e6).toFixed(2)} million/s`;
}

/** A time for people: 200 → 3 min. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
