import type { OnPage } from '../shared/import/import-optimade.ts';
import { formatCount } from './output.ts';
import { formatDuration, formatRate, type ProgressStream } from './progress.ts';

const LINE_MS = 10_000; // between two lines where there is no terminal

/** Shows how far an import is: one line that is written anew on a terminal, a line now and then elsewhere. */
export class ImportProgress {
  private readonly stream: ProgressStream;
  private readonly started = performance.now();
  private before = 0; // structures of earlier runs
  private structures = 0;
  private shown = performance.now();

  constructor(stream: ProgressStream) {
    this.stream = stream;
  }

  update(...[{ structures, pages, announced }, resumed]: Parameters<OnPage>): void {
    if (resumed) {
      this.before = structures;
      this.note(`going on after ${formatCount(structures)} structures (${formatCount(pages)} pages)`);
    }
    this.structures = structures;
    const now = performance.now();
    if (!this.stream.isTTY && now - this.shown < LINE_MS) return;
    this.shown = now;
    const rate = this.rate(now);
    const left =
      announced === null || rate === 0 ? '' : `, ${formatDuration(Math.max(0, announced - structures) / rate)} left`;
    const total = announced === null ? '' : ` of ${formatCount(announced)}`;
    const line = `${formatCount(structures)}${total} structures, ${formatRate(rate)}${left}`;
    if (this.stream.isTTY) this.stream.write(`\r${line.slice(0, (this.stream.columns ?? 80) - 1)}\u001b[K`);
    else this.stream.write(`${line}\n`);
  }

  /** Write a line without spoiling the one that changes. */
  note(text: string): void {
    this.stop();
    this.stream.write(`${text}\n`);
  }

  /** Stop, and say how fast it was. */
  finish(): void {
    this.stop();
    const now = performance.now();
    const fetched = this.structures - this.before;
    const seconds = ((now - this.started) / 1000).toFixed(1);
    this.stream.write(`fetched ${formatCount(fetched)} structures in ${seconds} s: ${formatRate(this.rate(now))}\n`);
  }

  /** Clear the line that changes. */
  stop(): void {
    if (this.stream.isTTY) this.stream.write('\r\u001b[K');
  }

  private rate(now: number): number {
    const seconds = (now - this.started) / 1000;
    return seconds > 0 ? (this.structures - this.before) / seconds : 0;
  }
}
