import { basename } from 'node:path';
import { formatTable, printJson } from '../terminal/output.ts';
import { type CloudRun, listExecutions } from './aws-executions.ts';
import { openAwsSession } from './aws-session.ts';
import { formatDollars } from './estimate.ts';
import type { CloudOptions } from './options.ts';

export interface ListOptions extends CloudOptions {
  readonly limit: number;
}

/** `cloud list`: the runs of the last 90 days, the newest first. */
export async function list({ limit, ...options }: ListOptions): Promise<void> {
  const session = await openAwsSession(options);
  const runs: CloudRun[] = [];
  for await (const run of listExecutions(session)) {
    runs.push(run);
    if (runs.length >= limit) break;
  }
  if (options.json) printJson(runs.map(asRecord));
  else if (runs.length === 0) process.stdout.write(`stage ${options.stage} has no runs\n`);
  else process.stdout.write(formatTable(HEADER, runs.map(asRow)));
}

function asRecord({ name, status, started, stopped, input, plan }: CloudRun) {
  return {
    runId: plan?.runId ?? null,
    execution: name,
    status,
    started,
    stopped,
    source: sourceOf(input),
    student: studentOf(input),
    chunks: plan?.chunks,
    costEstimate: plan?.costEstimate,
  };
}

const HEADER = ['run', 'state', 'started', 'source', 'student', 'chunks', 'US dollars'];

/** A run that is not planned yet goes by the name of its execution. */
function asRow({ name, status, started, input, plan }: CloudRun): string[] {
  return [
    plan?.runId ?? name,
    plan?.finished ? `${status.toLowerCase()} (nothing to do)` : status.toLowerCase().replace('_', ' '),
    started.toISOString().slice(0, 16),
    sourceOf(input),
    studentOf(input)?.slice(0, 12) ?? 'in use',
    plan === undefined ? '' : String(plan.chunks),
    plan === undefined ? '' : formatDollars(plan.costEstimate),
  ];
}

function sourceOf({ space, compositions }: CloudRun['input']): string {
  return basename(space ?? compositions ?? '', '.json');
}

/** Hash of a student that was asked for; undefined = the one in use at that time. */
function studentOf({ student }: CloudRun['input']): string | undefined {
  return student?.split('/').at(-2);
}
