import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  DescribeMapRunCommand,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  type MapRunItemCounts,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { maybe } from '../../functions/events.ts';
import type { CompareReceipt } from '../../shared/comparison/compare-run.ts';
import { InputError, IntegrityError } from '../../shared/errors.ts';
import { type Executions, isAttemptAt } from '../../shared/executions/begin.ts';
import { screeningName } from '../../shared/executions/executions.ts';
import { executionArn, executionsOf } from '../../shared/executions/step-functions.ts';
import type { PlanReceipt } from '../../shared/planning/plan-run.ts';
import type { ReduceReceipt } from '../../shared/report/reduce-receipt.ts';
import {
  fields,
  finite,
  flag,
  integer,
  listOf,
  type Refuse,
  readJson,
  readShape,
  type Shape,
  text,
} from '../../shared/shape.ts';
import { calling } from './aws-errors.ts';
import type { CloudSession } from './aws-session.ts';

/** What planning said of a run, as far as it is shown. */
export type PlannedRun = Pick<PlanReceipt, 'runId' | 'chunks' | 'compositions' | 'costEstimate'> &
  Partial<Pick<PlanReceipt, 'finished'>>;

/** One execution of the screening workflow. */
export interface CloudRun {
  readonly arn: string;
  readonly name: string;
  readonly status: string; // RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED or PENDING_REDRIVE
  readonly started: Date;
  readonly stopped: Date | undefined;
  readonly input: v.InferOutput<typeof INPUT>;
  readonly plan: PlannedRun | undefined; // undefined until it is planned, and if planning failed
  readonly reduced: Pick<ReduceReceipt, 'ranked' | 'top' | 'message'> | undefined; // undefined until it is ranked, and if there was nothing to do
  readonly compared: Pick<CompareReceipt, 'message'> | undefined; // with the last run; undefined until then, and if there was nothing to do
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/** What became of the chunks of a run so far. */
export interface ChunkCounts {
  readonly total: number;
  readonly pending: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number; // or timed out
  readonly aborted: number;
}

/** Progress of the map of a run. */
export interface MapProgress {
  readonly arn: string;
  readonly started: Date;
  readonly counts: ChunkCounts;
}

/** Screenings of a stage; an error names the permission that is missing. */
export function screeningsOf({ states, screening }: CloudSession): Executions {
  const { describe, start, redrive } = executionsOf(states, screening);
  const arn = (name: string): string => executionArn(screening, name);
  return {
    describe: (name) => calling('states:DescribeExecution', arn(name), () => describe(name)),
    start: (name, input) => calling('states:StartExecution', screening, () => start(name, input)),
    redrive: (name) => calling('states:RedriveExecution', arn(name), () => redrive(name)),
  };
}

export async function stopExecution({ states }: CloudSession, executionArn: string, cause: string): Promise<void> {
  const command = new StopExecutionCommand({ executionArn, error: 'Cancelled', cause });
  await calling('states:StopExecution', executionArn, () => states.send(command));
}

/** An execution, or undefined if there is none. @param known its plan, if that was seen already */
export async function describeRun(
  session: CloudSession,
  arn: string,
  known?: PlannedRun,
): Promise<CloudRun | undefined> {
  const found = await calling('states:DescribeExecution', arn, async () => {
    try {
      return await session.states.send(new DescribeExecutionCommand({ executionArn: arn }));
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw error;
    }
  });
  return found === undefined ? undefined : runOf(session, arn, found, known);
}

async function runOf(
  session: CloudSession,
  arn: string,
  found: DescribeExecutionCommandOutput,
  known: PlannedRun | undefined,
): Promise<CloudRun> {
  const output = parse(OUTPUT, found.output, `output of execution ${found.name}`);
  return {
    arn,
    name: found.name ?? '',
    status: found.status ?? '',
    started: found.startDate ?? new Date(0),
    stopped: found.stopDate,
    input: parse(INPUT, found.input, `input of execution ${found.name}`),
    plan: output.plan ?? known ?? (await plannedBy(session, arn)),
    reduced: output.reduce,
    compared: output.compare,
    error: found.error,
    cause: found.cause,
  };
}

const EVENTS_OF_PLANNING = 200; // at most, retries included

/** What the first state of an execution said: while an execution runs, and when it failed, it has no output. */
async function plannedBy({ states }: CloudSession, executionArn: string): Promise<PlannedRun | undefined> {
  const command = new GetExecutionHistoryCommand({ executionArn, maxResults: EVENTS_OF_PLANNING });
  const { events = [] } = await calling('states:GetExecutionHistory', executionArn, () => states.send(command));
  const exit = events.find(({ stateExitedEventDetails }) => stateExitedEventDetails?.name === 'Plan');
  return parse(OUTPUT, exit?.stateExitedEventDetails?.output, 'output of planning').plan;
}

const INPUT = fields({
  space: maybe(text),
  compositions: maybe(text),
  student: maybe(text),
});
const OUTPUT = fields({
  plan: maybe(
    fields({
      runId: text,
      chunks: integer(),
      compositions: integer(),
      costEstimate: finite,
      finished: v.exactOptional(flag),
    }),
  ),
  reduce: maybe(
    fields({
      ranked: integer(),
      top: listOf(fields({ rank: integer(1), formula: text, probability: finite })),
      message: text,
    }),
  ),
  compare: maybe(fields({ message: text })),
});

function parse<T>(shape: Shape<T>, json: string | undefined, place: string): T {
  const refuse = damagedExecution(place);
  return readShape(shape, readJson(json ?? '{}', refuse), refuse);
}

/** Makes the error of what Step Functions says of an execution. */
export function damagedExecution(file: string): Refuse {
  return (problem, column) =>
    new IntegrityError(problem, { file, column }, 'The stage may be of another version: deploy it again.');
}

/** Executions of a stage, the newest first. */
export async function* listExecutions(session: CloudSession): AsyncGenerator<CloudRun> {
  let nextToken: string | undefined;
  do {
    const page = await calling('states:ListExecutions', session.screening, () =>
      session.states.send(new ListExecutionsCommand({ stateMachineArn: session.screening, nextToken })),
    );
    for (const { executionArn: arn = '' } of page.executions ?? []) {
      const run = await describeRun(session, arn);
      if (run !== undefined) yield run;
    }
    nextToken = page.nextToken;
  } while (nextToken);
}

/**
 * The newest execution of a run.
 *
 * @param wanted run id, name or ARN of an execution; the newest of all if absent
 * @throws {InputError} if there is none
 */
export async function findRun(session: CloudSession, wanted: string | undefined): Promise<CloudRun> {
  if (wanted?.startsWith('arn:')) {
    const run = await describeRun(session, wanted);
    if (run !== undefined) return run;
  } else {
    const isWanted = ({ name, plan }: CloudRun): boolean =>
      wanted === undefined || name === wanted || plan?.runId === wanted || isAttemptAt(screeningName(wanted), name);
    for await (const run of listExecutions(session)) if (isWanted(run)) return run;
  }
  throw new InputError(
    wanted === undefined ? `stage ${session.stage} has no runs` : `stage ${session.stage} has no run ${wanted}`,
    {},
    wanted === undefined ? 'Begin one with `cloud start`.' : '`cloud list` shows the runs of the last 90 days.',
  );
}

/** How far the map of a run is, or undefined if it did not begin. @param known ARN of the map, once it is known */
export async function mapProgress(
  { states }: CloudSession,
  { arn }: CloudRun,
  known?: string,
): Promise<MapProgress | undefined> {
  const mapRunArn = known ?? (await findMap(states, arn));
  if (mapRunArn === undefined) return undefined;
  const { startDate, itemCounts } = await calling('states:DescribeMapRun', mapRunArn, () =>
    states.send(new DescribeMapRunCommand({ mapRunArn })),
  );
  return { arn: mapRunArn, started: startDate ?? new Date(0), counts: countsOf(itemCounts) };
}

async function findMap(states: CloudSession['states'], executionArn: string): Promise<string | undefined> {
  const { mapRuns = [] } = await calling('states:ListMapRuns', executionArn, () =>
    states.send(new ListMapRunsCommand({ executionArn })),
  );
  return mapRuns[0]?.mapRunArn;
}

function countsOf(counts: MapRunItemCounts | undefined): ChunkCounts {
  const { total = 0, pending = 0, running = 0, succeeded = 0, failed = 0, timedOut = 0, aborted = 0 } = counts ?? {};
  return { total, pending, running, succeeded, failed: failed + timedOut, aborted };
}
