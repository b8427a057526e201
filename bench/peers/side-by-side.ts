import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packagePath } from '../../local/shipped/package-root.ts';

/** Repeats of each side, after one that warms up: at least so many, and more until both have taken so long together. */
const [REPEATS, ENOUGH_SECONDS] = [3, 3];
/** Work that takes less is repeated within a repeat, since processor time is counted in milliseconds. */
const LEAST_SECONDS = 0.2;

/** Where peers are run. */
export interface Bench {
  readonly python: string; // of the virtual environment that has them
  readonly scratch: string; // directory for what the sides tell each other
}

/** Two ways to do the same work, and that they agree. */
export interface PeerComparison {
  readonly task: string;
  readonly count: number; // of `unit` in one repeat
  readonly unit: string; // plural
  readonly peer: string;
  readonly peerSeconds: readonly number[]; // of one thread's processor time, per repeat
  readonly ours: string;
  readonly seconds: readonly number[]; // the same
  readonly agreement: string; // what was checked
}

/** The two sides do not agree, or a peer failed. */
export class PeerError extends Error {}

/** A Python process that waits to do one repeat of its work whenever it is asked; see serve.py. */
export class Peer {
  readonly answer: string; // file with the result of the first repeat
  private readonly script: string;
  private readonly process: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  /** @param given what the script is told; its numbers and texts only, larger data are files */
  constructor({ python, scratch }: Bench, script: string, given: object, name = script) {
    mkdirSync(scratch, { recursive: true });
    const task = join(scratch, `${name}.task.json`);
    writeFileSync(task, JSON.stringify(given));
    this.script = script;
    this.answer = join(scratch, `${name}.answer`);
    this.process = spawn(python, [packagePath(`bench/peers/${script}.py`), task, this.answer], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...ONE_THREAD, PYTHONDONTWRITEBYTECODE: '1', PYTHONWARNINGS: 'ignore' },
    });
    this.lines = createInterface({ input: this.process.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  /** Wait until everything that is not measured is done. */
  async prepared(): Promise<void> {
    await this.reply();
  }

  /** @returns seconds of processor time */
  async repeat(): Promise<number> {
    this.process.stdin?.write('\n');
    return (await this.reply()).seconds as number;
  }

  stop(): void {
    this.process.kill();
  }

  private async reply(): Promise<{ seconds?: number }> {
    const { value, done } = await this.lines.next();
    if (done) throw new PeerError(`${this.script}.py ended before it answered`);
    return JSON.parse(value);
  }
}

/** What numpy, scikit-learn and their libraries read. */
const ONE_THREAD = Object.fromEntries(
  ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'].map((name) => [name, '1']),
);

/** Repeats in turn, so that both sides see the same machine. The peer's first result is in its answer. */
export async function sideBySide(
  peer: Peer,
  ours: () => unknown,
): Promise<Pick<PeerComparison, 'seconds' | 'peerSeconds'>> {
  try {
    await peer.prepared();
    await peer.repeat();
    await secondsOf(ours);
    const [seconds, peerSeconds]: [number[], number[]] = [[], []];
    for (let total = 0; seconds.length < REPEATS || total < ENOUGH_SECONDS; ) {
      peerSeconds.push(await peer.repeat());
      seconds.push(await secondsOf(ours));
      total += (peerSeconds.at(-1) as number) + Math.max(LEAST_SECONDS, seconds.at(-1) as number);
    }
    return { seconds, peerSeconds };
  } finally {
    peer.stop();
  }
}

/** Processor time of one call: unlike the clock, it does not count what other processes do. */
async function secondsOf(work: () => unknown): Promise<number> {
  const begin = process.cpuUsage();
  for (let calls = 1; ; calls++) {
    await work();
    const { user, system } = process.cpuUsage(begin);
    const seconds = (user + system) / 1e6;
    if (seconds >= LEAST_SECONDS) return seconds / calls;
  }
}

/** @throws {PeerError} unless the two are as near as `most` everywhere */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>, most: number, what: string): number {
  if (a.length !== b.length) throw new PeerError(`${what}: ${a.length} values against ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= most))
      throw new PeerError(`${what}: value ${i} is ${a[i]} against ${b[i]}, more than ${most} apart`);
    largest = Math.max(largest, difference);
  }
  return largest;
}
