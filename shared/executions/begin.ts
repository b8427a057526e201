/** An execution, as Step Functions describes it. */
export interface ExecutionState {
  readonly status: string; // RUNNING, PENDING_REDRIVE, SUCCEEDED, FAILED, TIMED_OUT or ABORTED
  readonly began: Date; // when it was started or, if it was redriven since, when that was done last
  readonly redrives: number;
  readonly redrivable: boolean;
  readonly error: string | undefined;
  readonly output: string | undefined; // JSON
}

/** Executions of one workflow, by name. */
export interface Executions {
  /** An execution of the last 90 days, or undefined. */
  describe(name: string): Promise<ExecutionState | undefined>;
  /** @returns false if somebody else was first under this name; nothing is started then */
  start(name: string, input: Readonly<Record<string, unknown>>): Promise<boolean>;
  /** @returns false if somebody else was first; nothing is redriven then */
  redrive(name: string): Promise<boolean>;
}

/** Who wants something done. */
export interface Wish {
  /**
   * When what calls for it happened. What began since then has answered it, so an event that comes twice does not try
   * twice. Undefined = somebody wants it now.
   */
  readonly since: Date | undefined;
  /** Nobody is watching: what fails is not retried without end, and a stopped execution stays stopped. */
  readonly unattended: boolean;
}

/** What became of a wish. */
export type Outcome = 'started' | 'redriven' | 'running' | 'finished' | 'answered' | 'stopped' | 'given up';

/** What to do about it, under which of the names. */
export interface Step {
  readonly outcome: Exclude<Outcome, 'finished'>;
  readonly attempt: number;
}

/** Failures in a row, each redrive counted, after which nothing is tried unattended. */
export const BEGIN_PATIENCE = 5;

const LOOK = 8; // names looked up at once
const MOST = 64; // names for one thing in 90 days

/** Name of an execution: what is to be done and, since a name can be used once in 90 days, the attempt. */
export function attemptName(name: string, attempt: number): string {
  return attempt === 0 ? name : `${name}-${attempt}`;
}

/** Whether an execution is an attempt at what has this name. */
export function isAttemptAt(name: string, execution: string): boolean {
  return execution === name || (execution.startsWith(`${name}-`) && /^\d+$/.test(execution.slice(name.length + 1)));
}

/**
 * Have something done once: nothing where it runs or is done, a redrive where it failed, else an execution under a free name.
 *
 * @param isDone whether the results of the newest execution, which succeeded, are whole
 */
export async function begin(
  executions: Executions,
  start: Start,
  wish: Wish,
  isDone: (found: ExecutionState) => Promise<boolean>,
): Promise<{ readonly outcome: Outcome; readonly execution: string; readonly found: ExecutionState | undefined }> {
  const tries = await attemptsAt(executions, start.name);
  const newest = newestOf(tries);
  const found = newest?.state;
  if (newest !== undefined && newest.state.status === 'SUCCEEDED' && (await isDone(newest.state)))
    return { outcome: 'finished', execution: attemptName(start.name, newest.attempt), found };
  const { outcome, attempt } = nextStep(tries, wish, start.resumes);
  const execution = attemptName(start.name, attempt);
  const isFirst =
    (outcome !== 'started' || (await executions.start(execution, start.input))) &&
    (outcome !== 'redriven' || (await executions.redrive(execution)));
  return { outcome: isFirst ? outcome : 'running', execution, found };
}

/** Executions by attempt. Names of old ones are free again, so what comes after a gap counts. */
async function attemptsAt({ describe }: Executions, name: string): Promise<readonly (ExecutionState | undefined)[]> {
  const found: (ExecutionState | undefined)[] = [];
  do {
    const names = Array.from({ length: LOOK }, (_, i) => attemptName(name, found.length + i));
    found.push(...(await Promise.all(names.map((each) => describe(each)))));
  } while (found.at(-1) !== undefined && found.length < MOST);
  return found;
}

interface Attempt {
  readonly attempt: number;
  readonly state: ExecutionState;
}

function newestOf(tries: readonly (ExecutionState | undefined)[]): Attempt | undefined {
  return byAge(tries).at(-1);
}

/** The one that began last comes last. */
function byAge(tries: readonly (ExecutionState | undefined)[]): Attempt[] {
  const known = tries.flatMap((state, attempt) => (state === undefined ? [] : [{ attempt, state }]));
  return known.sort((a, b) => a.state.began.getTime() - b.state.began.getTime() || a.attempt - b.attempt);
}

/**
 * What to do about something that is not done.
 *
 * @param tries executions at it by attempt; undefined = the name is free
 * @param resumes whether a redrive is the way to go on, rather than a new execution
 */
export function nextStep(
  tries: readonly (ExecutionState | undefined)[],
  { since, unattended }: Wish,
  resumes: boolean,
): Step {
  const known = byAge(tries);
  const running = known.find(({ state }) => state.status === 'RUNNING' || state.status === 'PENDING_REDRIVE');
  if (running !== undefined) return { outcome: 'running', attempt: running.attempt };
  const free = tries.indexOf(undefined);
  const newest = known.at(-1);
  if (newest === undefined) return { outcome: 'started', attempt: free };
  const { attempt, state } = newest;
  if (since !== undefined && since <= state.began) return { outcome: 'answered', attempt };
  if (unattended && state.status === 'ABORTED') return { outcome: 'stopped', attempt };
  if (unattended && failuresInARow(known) >= BEGIN_PATIENCE) return { outcome: 'given up', attempt };
  if (resumes && mayRedrive(state)) return { outcome: 'redriven', attempt };
  return free < 0 ? { outcome: 'given up', attempt } : { outcome: 'started', attempt: free };
}

/**
 * What the spending limit stopped would be stopped by the same figures again, and what failed again after a redrive may
 * have failed by what it was begun with: both are begun anew, with the limits and time-outs of now.
 */
function mayRedrive({ status, redrivable, redrives, error }: ExecutionState): boolean {
  if (!redrivable || error === 'SpendingLimitExceeded') return false;
  return status === 'ABORTED' || redrives === 0;
}

function failuresInARow(known: readonly Attempt[]): number {
  const failed = known.slice(known.findLastIndex(({ state }) => state.status === 'SUCCEEDED') + 1);
  return failed.reduce((sum, { state }) => sum + 1 + state.redrives, 0);
}

/** What to have done, once. */
export interface Start {
  readonly workflow: 'screening' | 'retraining';
  readonly name: string; // of what is done; of its first execution too
  readonly input: Readonly<Record<string, unknown>>;
  /** Whether a failed execution is redriven. A new one of a retraining finds all that its job finished at once, and has the limits of now. */
  readonly resumes: boolean;
}

/** Nothing to start, and why. */
export interface NoStart {
  readonly reason: string;
}
