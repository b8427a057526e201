import { formatCount } from '../../shared/report/page/words.ts';
import { printJson } from '../terminal/output.ts';
import { describeRun, findRun, mapProgress, stopExecution } from './aws-executions.ts';
import { openAwsSession } from './aws-session.ts';
import { formatDollars } from './estimate.ts';
import type { CloudOptions } from './options.ts';
import { spentSoFar } from './progress.ts';

/** `cloud cancel`: stop a run and tell what it has cost. Chunks that are being screened end by themselves. */
export async function cancel(wanted: string | undefined, options: CloudOptions): Promise<void> {
  const session = await openAwsSession(options);
  const found = await findRun(session, wanted);
  const wasRunning = found.status === 'RUNNING' || found.status === 'PENDING_REDRIVE';
  const counts = (await mapProgress(session, found))?.counts; // before the stop, or what runs would count as aborted
  if (wasRunning) await stopExecution(session, found.arn, 'ionsieve cloud cancel');
  const run = (await describeRun(session, found.arn, found.plan)) ?? found;
  const { plan } = run;
  const runId = plan?.runId ?? run.name;
  const spent = plan === undefined ? 0 : spentSoFar(plan, counts);
  if (options.json) {
    const told = {
      runId: plan?.runId ?? null,
      execution: run.name,
      wasRunning,
      status: run.status,
      chunks: counts,
      spent,
    };
    printJson(told);
    return;
  }
  const begun = counts === undefined ? 'none' : formatCount(counts.succeeded + counts.failed + counts.running);
  const share =
    plan === undefined ? 'before it was planned' : `${begun} of ${formatCount(plan.chunks)} chunks were begun`;
  process.stdout.write(
    [
      `run ${runId} ${wasRunning ? 'is stopped' : `was not running (${run.status})`}: ${share},`,
      ` about ${formatDollars(spent)} US dollars spent\n`,
      wasRunning ? 'finished chunks are kept: the same `cloud start` goes on with them\n' : '',
    ].join(''),
  );
}
