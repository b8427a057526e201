import type { ConditionalStore } from '../shared/io/store.ts';
import { loadFinished } from '../shared/report/run-outputs.ts';
import type { RankingLimits } from '../shared/screen/chunk-accumulator.ts';
import { runIdOf } from '../shared/screen/run-plan.ts';
import {
  type CloudRun,
  describeRun,
  executionArn,
  redriveExecution,
  screeningName,
  startExecution,
} from './aws-executions.ts';
import { type CloudSession, openSession } from './aws-session.ts';
import { estimateRun, formatDollars, type RunEstimate } from './cloud-estimate.ts';
import type { CloudOptions } from './cloud-options.ts';
import { type CloudSource, resolveList, resolveSpace, upload } from './cloud-source.ts';
import { type CloudStudent, resolveStudent } from './cloud-student.ts';
import { DEFAULT_SPACE } from './load-space.ts';
import { formatCount } from './output.ts';

export interface StartOptions extends CloudOptions, RankingLimits {
  readonly space?: string;
  readonly compositions?: string;
  readonly student?: string;
  readonly chunks?: number;
  readonly replace?: boolean;
}

/** What `cloud start` did: began, went on with what had failed, or found the work done or under way. */
type Outcome = 'started' | 'redriven' | 'running' | 'finished';

/** `cloud start`: put what is needed into the bucket and have it screened, once. */
export async function start(options: StartOptions): Promise<void> {
  const session = await openSession(options);
  const { store } = session;
  const source = await (options.compositions === undefined
    ? resolveSpace(store, options.space ?? DEFAULT_SPACE)
    : resolveList(store, options.compositions));
  const student = await resolveStudent(store, options.student, source.prepared);
  await upload(store, source.uploads, options.replace === true);
  const estimate = source.prepared === undefined ? undefined : estimateRun(source.prepared.build(), options.chunks);
  const runId = source.prepared && runIdOf(source.prepared.identity, student.hash, options);
  const begun = await begin(
    session,
    runId,
    identityOf(source, student, options, runId),
    eventOf(source, student, options),
  );
  report({ runId, ...begun, stage: options.stage, student: student.hash, estimate }, options.json === true);
}

/** What names the execution: the run where it is known, else what decides on it. */
function identityOf(
  { versions, event }: CloudSource,
  { hash }: CloudStudent,
  { top, perSystem }: RankingLimits,
  runId: string | undefined,
): readonly unknown[] {
  return runId === undefined ? [event, versions, hash, top, perSystem] : [runId];
}

/** As the scheduler writes it, so that both start the same execution. */
function eventOf({ event }: CloudSource, { key }: CloudStudent, { top, perSystem, chunks }: StartOptions): object {
  return { ...event, student: key, top, perSystem, ...(chunks === undefined ? {} : { chunks }) };
}

interface Begun {
  readonly outcome: Outcome;
  readonly execution?: string; // its name
  readonly planned?: string; // run id of a list in the bucket, known since it is finished
}

/** Where somebody else is first under a name, what they began is looked at. */
async function begin(
  session: CloudSession,
  runId: string | undefined,
  identity: readonly unknown[],
  event: object,
): Promise<Begun> {
  if (runId !== undefined && (await isFinished(session.store, runId))) return { outcome: 'finished' };
  let attempt = 0;
  for (;;) {
    const execution = screeningName(identity, attempt);
    const arn = executionArn(session, execution);
    const found = await describeRun(session, arn);
    const planned = found?.status === 'SUCCEEDED' ? found.plan?.runId : undefined;
    if (planned !== undefined && (await isFinished(session.store, planned)))
      return { outcome: 'finished', execution, planned };
    const next = nextStep(found);
    if (next === 'join') return { outcome: 'running', execution };
    if (next === 'redrive') {
      await redriveExecution(session, arn);
      return { outcome: 'redriven', execution };
    }
    if (next === 'other name') attempt++;
    else if (await startExecution(session, execution, event)) return { outcome: 'started', execution };
  }
}

async function isFinished(store: ConditionalStore, runId: string): Promise<boolean> {
  return (await loadFinished(store, runId)) !== undefined;
}

/**
 * What to do about an execution of a name: a name can be used once in 90 days. One that was stopped by the spending
 * limit would be stopped by the same figures again, so it is not redriven but begun anew, under the limit of now.
 */
export function nextStep(
  found: Pick<CloudRun, 'status' | 'redrivable' | 'error'> | undefined,
): 'start' | 'join' | 'redrive' | 'other name' {
  if (found === undefined) return 'start';
  if (found.status === 'RUNNING' || found.status === 'PENDING_REDRIVE') return 'join';
  if (found.status === 'SUCCEEDED' || found.error === 'SpendingLimitExceeded') return 'other name';
  return found.redrivable ? 'redrive' : 'other name';
}

interface Started extends Begun {
  readonly runId: string | undefined;
  readonly stage: string;
  readonly student: string;
  readonly estimate: RunEstimate | undefined;
}

const SAID: Readonly<Record<Outcome, string>> = {
  started: 'is started',
  redriven: 'had failed or was stopped, and goes on where it was',
  running: 'is running already',
  finished: 'is finished: nothing is started',
};

function report({ planned, execution, outcome, stage, student, estimate, ...started }: Started, json: boolean): void {
  const runId = started.runId ?? planned;
  const { cost, ...size } = estimate ?? {};
  if (json) {
    const told = { runId: runId ?? null, execution: execution ?? null, outcome, student, ...size, costEstimate: cost };
    process.stdout.write(`${JSON.stringify(told, undefined, 2)}\n`);
    return;
  }
  const run = runId ?? execution;
  const what =
    estimate === undefined
      ? ''
      : `${formatCount(estimate.compositions)} compositions in ${formatCount(estimate.chunks)} chunks, about ${formatDollars(estimate.cost.total)} US dollars\n`;
  const then = outcome === 'finished' ? 'results' : 'watch';
  process.stdout.write(
    `run ${run} ${SAID[outcome]}\nstudent ${student.slice(0, 12)}\n${what}next: ionsieve cloud ${then} ${run} --stage ${stage}\n`,
  );
}
