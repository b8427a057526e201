import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeptInDirectory } from '../../../cli/models/kept-results.ts';
import { exitCodeOf } from '../../../cli/terminal/output.ts';
import { runJobs } from '../../../local/threads/jobs.ts';
import { InputError } from '../../../shared/errors.ts';

interface Job {
  readonly value: number;
  readonly milliseconds?: number;
  readonly end?: 'fail' | 'throw' | 'exit';
}

const built = (file: string): URL => new URL(`../../../dist/${file}`, import.meta.url);

/** Notes that it has begun, waits, then answers with its value doubled or ends as it is told. */
const SCRIPT = `
import { appendFileSync } from 'node:fs';
import { answerItems } from '${built('local/threads/pool.js')}';
import { InputError } from '${built('shared/errors.js')}';
answerItems(async ({ value, milliseconds = 0, end }) => {
  appendFileSync(new URL('./begun', import.meta.url), value + ' ');
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  if (end === 'fail') throw new InputError('bad ' + value, { file: 'job', line: value }, 'Mend it.');
  if (end === 'throw') throw new TypeError('thrown');
  if (end === 'exit') process.exit(7);
  return 2 * value;
});
`;

let directory: string;
let script: URL;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-jobs-'));
  script = pathToFileURL(join(directory, 'job.mjs'));
  writeFileSync(script, SCRIPT);
});
afterAll(() => rmSync(directory, { recursive: true }));

const run = (jobs: readonly Job[], threads: number, seen: number[] = []): Promise<number[]> =>
  runJobs<Job, number>(script, jobs, { threads, onResult: (_, index) => seen.push(index) });

describe('jobs in worker threads', () => {
  it.each([1, 2, 9])('give their results in their own order, with %i threads', async (threads) => {
    const seen: number[] = [];
    const jobs = [{ value: 1, milliseconds: 40 }, { value: 2 }, { value: 3 }];
    expect(await run(jobs, threads, seen)).toEqual([2, 4, 6]);
    expect(seen.sort()).toEqual([0, 1, 2]);
  });

  it('keep class, place and remedy of a failure, and none begins after it', async () => {
    writeFileSync(join(directory, 'begun'), '');
    const jobs: Job[] = [{ value: 1, end: 'fail' }, { value: 2, milliseconds: 200 }, { value: 3 }, { value: 4 }];
    const failure = await run(jobs, 2).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect(failure).toMatchObject({
      message: 'job:1: bad 1. Mend it.',
      place: { file: 'job', line: 1 },
      remedy: 'Mend it.',
    });
    expect(exitCodeOf(failure)).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(readFileSync(join(directory, 'begun'), 'utf8').trim().split(' ').sort()).toEqual(['1', '2']);
  });

  it.each([
    ['throw', 'thrown'],
    ['exit', 'a worker thread ended with code 7'],
  ] as const)('fail where the thread ends by %s', async (end, message) => {
    await expect(run([{ value: 1, end }], 1)).rejects.toThrow(message);
  });

  it('are not done again where their results are kept, unless these are damaged', async () => {
    const kept = new KeptInDirectory<Job, number>(join(directory, 'kept'));
    const jobs = [{ value: 1 }, { value: 2 }, { value: 3 }];
    const doneAnew = async (some: readonly Job[]): Promise<number[]> => {
      const anew: number[] = [];
      const onResult = (result: number, _: number, wasKept: boolean): void => {
        if (!wasKept) anew.push(result);
      };
      expect(await runJobs<Job, number>(script, some, { threads: 1, kept, onResult })).toEqual(
        some.map(({ value }) => 2 * value),
      );
      return anew;
    };
    expect(await doneAnew(jobs.slice(0, 2))).toEqual([2, 4]);
    expect(await doneAnew(jobs)).toEqual([6]);
    expect(await doneAnew(structuredClone(jobs))).toEqual([]);
    for (const name of readdirSync(kept.directory)) truncateSync(join(kept.directory, name), 70);
    expect(await doneAnew(structuredClone(jobs))).toEqual([2, 4, 6]);
    await kept.remove();
    expect(existsSync(kept.directory)).toBe(false);
  });

  it('stop with their threads when they are told to, and keep what is done', async () => {
    const kept = new KeptInDirectory<Job, number>(join(directory, 'stopped'));
    const controller = new AbortController();
    const jobs = [{ value: 1 }, { value: 2, milliseconds: 60_000 }, { value: 3 }];
    const onResult = (): void => controller.abort(new Error('enough'));
    const { signal } = controller;
    await expect(runJobs<Job, number>(script, jobs, { threads: 2, kept, signal, onResult })).rejects.toThrow('enough');
    expect(await kept.get({ value: 1 })).toBe(2);
  });
});
