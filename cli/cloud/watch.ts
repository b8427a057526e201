import { setTimeout as sleep } from 'node:timers/promises';
import { formatJson } from '../../shared/json.ts';
import { endingOnSignal } from '../terminal/interruptible.ts';
import { note, StatusLine } from '../terminal/terminal.ts';
import { type CloudRun, describeRun, findRun, type MapProgress, mapProgress } from './aws-executions.ts';
import { type FailedChunk, failedChunks, reasonOf } from './aws-failures.ts';
import { type CloudSession, openAwsSession } from './aws-session.ts';
import { formatDollars } from './estimate.ts';
import type { CloudOptions } from './options.ts';
import { chunkProgressLine, type Observation, spentSoFar } from './progress.ts';

export interface WatchOptions extends CloudOptions {
  readonly interval: number; // seconds between looks
}

/** `cloud watch`: follow a run to its end, and tell how it ended; exit code 1 if it failed. */
export async function watch(wanted: string | undefined, options: WatchOptions): Promise<void> {
  const session = await openAwsSession(options);
  const found = await findRun(session, wanted);
  const { run, progress } = await endingOnSignal(
    'watching ended; the run goes on: `ionsieve cloud watch` follows it again, `ionsieve cloud cancel` stops it',
    () => follow(session, found, options.interval * 1000),
  );
  const failed = run.status === 'FAILED' && progress?.counts.failed ? await nameFailed(session, progress.arn) : [];
  process.stdout.write(options.json ? asJson(run, progress, failed) : describe(session, run, progress, failed));
  if (run.status !== 'SUCCEEDED') process.exitCode = 1;
}

/** That the failed chunks cannot be named must not hide how the run ended. */
async function nameFailed(session: CloudSession, mapRunArn: string): Promise<readonly FailedChunk[]> {
  try {
    return await failedChunks(session, mapRunArn);
  } catch (error) {
    note(`the failed chunks cannot be named: ${(error as Error).message}`);
    return [];
  }
}

interface Seen {
  readonly run: CloudRun;
  readonly progress: MapProgress | undefined; // undefined while the map has not begun
}

async function follow(session: CloudSession, start: CloudRun, wait: number): Promise<Seen> {
  let run = start;
  let progress = await mapProgress(session, run);
  const line = new StatusLine(process.stderr);
  let first: Observation | undefined;
  try {
    while (run.status === 'RUNNING' || run.status === 'PENDING_REDRIVE') {
      const seconds = Date.now() / 1000;
      if (progress === undefined || run.plan === undefined) line.show(run.plan === undefined ? 'planning' : 'planned');
      else {
        const now = { seconds, counts: progress.counts };
        first ??= now;
        line.show(chunkProgressLine(run.plan, progress.started.getTime() / 1000, first, now, line.isTerminal));
      }
      await sleep(wait);
      run = (await describeRun(session, run.arn, run.plan)) ?? run;
      progress = await mapProgress(session, run, progress?.arn);
    }
    return { run, progress };
  } finally {
    line.clear();
  }
}

function asJson(run: CloudRun, progress: MapProgress | undefined, failed: readonly FailedChunk[]): string {
  const { name, status, plan, reduced, started, stopped, error, cause } = run;
  const told = {
    runId: plan?.runId ?? null,
    execution: name,
    status,
    started,
    stopped,
    chunks: progress?.counts,
    spent: plan && spentSoFar(plan, progress?.counts),
    ranked: reduced?.ranked,
    top: reduced?.top,
    ...(status === 'SUCCEEDED' ? {} : { error, cause, failedChunks: failed }),
  };
  return formatJson(told);
}

function describe(
  { stage }: CloudSession,
  run: CloudRun,
  progress: MapProgress | undefined,
  failed: readonly FailedChunk[],
): string {
  const { plan, reduced, compared, status, name, error, cause } = run;
  const runId = plan?.runId ?? name;
  const spent =
    plan === undefined ? '' : `about ${formatDollars(spentSoFar(plan, progress?.counts))} US dollars spent\n`;
  if (status === 'SUCCEEDED') {
    const what = compared?.message ?? reduced?.message ?? 'There was nothing to do: the run was finished before.';
    return `${what}\n${spent}next: ionsieve cloud results ${runId} --stage ${stage}\n`;
  }
  const named = failed.map(({ chunk, error: why }) => `chunk ${chunk}: ${why}\n`).join('');
  const reason = error === undefined && cause === undefined ? '' : `: ${reasonOf(error, cause)}`;
  return `run ${runId} ${ENDED[status] ?? status}${reason}\n${named}${spent}the same \`cloud start\` again goes on where it was\n`;
}

const ENDED: Readonly<Record<string, string>> = {
  FAILED: 'failed',
  TIMED_OUT: 'took longer than it may',
  ABORTED: 'was stopped',
};
