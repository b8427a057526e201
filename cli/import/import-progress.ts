import type { OnPage } from '../../shared/import/import-optimade.ts';
import { formatCount } from '../../shared/report/page/words.ts';
import { Progress } from '../terminal/progress.ts';

/** Shows how far an import is; see {@link Progress}. */
export class ImportProgress {
  private readonly progress: Progress;
  private before = 0; // structures of earlier runs
  private structures = 0;
  private announced: number | undefined; // structures that the provider speaks of

  constructor() {
    this.progress = new Progress(process.stderr, { did: 'fetched', unit: 'structures' }, () => ({
      done: this.structures - this.before,
      before: this.before,
      total: this.announced,
    }));
  }

  update(...[{ structures, pages, announced }, resumed]: Parameters<OnPage>): void {
    if (resumed) {
      this.before = structures;
      this.progress.note(`going on after ${formatCount(structures)} structures (${formatCount(pages)} pages)`);
    }
    this.structures = structures;
    this.announced = announced ?? undefined;
  }

  /** Write a line without spoiling the one that changes. */
  note(text: string): void {
    this.progress.note(text);
  }

  /** Stop, and say how fast it was. */
  finish(): void {
    this.progress.finish();
  }

  /** Stop without a word. */
  stop(): void {
    this.progress.stop();
  }
}
