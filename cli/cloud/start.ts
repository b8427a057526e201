import { DEFAULT_SPACE } from '../../local/shipped/spaces.ts';
import { InputError } from '../../shared/errors.ts';
import { begin, type Outcome, type Start } from '../../shared/executions/begin.ts';
import { isScreened, plannedRun, screeningOfList, screeningOfRun } from '../../shared/executions/executions.ts';
import type { PreparedSource } from '../../shared/planning/prepared-source.ts';
import { formatCount } from '../../shared/report/page/words.ts';
import { loadFinished } from '../../shared/runs/run-outputs.ts';
import { runIdOf } from '../../shared/runs/run-plan.ts';
import type { RunOptions } from '../../shared/screen/run-options.ts';
import { type RankingArguments, readRankingArguments } from '../runs/ranking-options.ts';
import { printJson } from '../terminal/output.ts';
import { screeningsOf } from './aws-executions.ts';
import { type CloudSession, openAwsSession } from './aws-session.ts';
import { type CloudCompanions, type CloudStudent, resolveCompanions } from './companions.ts';
import { estimateRun, formatDollars, type RunEstimate } from './estimate.ts';
import type { CloudOptions } from './options.ts';
import { type CloudSource, resolveList, resolveSpace, upload } from './source.ts';
import { cloudStage } from './stage.ts';
import { resolveStudent } from './student.ts';

export interface StartOptions extends CloudOptions, RankingArguments {
  readonly space?: string;
  readonly compositions?: string;
  readonly student?: string;
  readonly committee?: string;
  readonly labels?: string;
  readonly measured?: string;
  readonly chunks?: number;
  readonly replace?: boolean;
}

/** `cloud start`: put what is needed into the bucket and have it screened, once. */
export async function start(options: StartOptions): Promise<void> {
  const ranking = readRankingArguments(options);
  const session = await openAwsSession(options);
  const { store } = session;
  const source = await (options.compositions === undefined
    ? resolveSpace(store, options.space ?? DEFAULT_SPACE)
    : resolveList(store, options.compositions));
  const student = await resolveStudent(store, options.student, source.prepared);
  const companions = await resolveCompanions(store, student, options);
  await upload(store, source.uploads, options.replace === true);
  const estimate = source.prepared && (await estimateStart(source.prepared, ranking, options));
  const runId = source.prepared && runIdOf(source.prepared.identity, student.hash, companions.companions, ranking);
  const models = { student, ...companions };
  const begun = await beginScreening(
    session,
    runId,
    startOf(source, models, { ...ranking, ...chunksOf(options) }, runId),
  );
  const started = { runId, ...begun, stage: options.stage, student: student.hash, estimate, prune: options.prune };
  report(started, options.json === true);
}

/** As if nothing were bounded away: that would take minutes to find out. */
async function estimateStart(
  prepared: PreparedSource,
  ranking: RunOptions,
  { stage, chunks }: StartOptions,
): Promise<RunEstimate> {
  return (await estimateRun(prepared, ranking, cloudStage(stage), chunks)).run;
}

function chunksOf({ chunks }: StartOptions): Pick<StartOptions, 'chunks'> {
  return chunks === undefined ? {} : { chunks };
}

/** As the triggers have it, so that both begin the same execution. */
function startOf(
  { event, objects }: CloudSource,
  { student, asked, companions }: CloudCompanions & { readonly student: CloudStudent },
  options: RunOptions & Pick<StartOptions, 'chunks'>,
  runId: string | undefined,
): Start {
  const rest = { student: student.key, ...asked, ...options };
  if (runId !== undefined) return screeningOfRun(runId, { ...event, ...rest });
  if ('compositions' in event) return screeningOfList(objects, student.hash, companions, { ...event, ...rest });
  throw new Error('a space without its definition');
}

interface Begun {
  readonly outcome: Outcome;
  readonly execution?: string | undefined; // its name
  readonly planned?: string | undefined; // run id of a list in the bucket, known since it is finished
}

async function beginScreening(session: CloudSession, runId: string | undefined, start: Start): Promise<Begun> {
  const { store } = session;
  if (runId !== undefined && (await loadFinished(store, runId)) !== undefined) return { outcome: 'finished' };
  const wish = { since: undefined, unattended: false };
  const { outcome, execution, found } = await begin(screeningsOf(session), start, wish, (ended) =>
    isScreened(store, ended),
  );
  if (outcome === 'given up')
    throw new InputError(
      'all names that an execution of this run may have are used up',
      { file: execution },
      'Names are free again 90 days after their execution ended.',
    );
  return { outcome, execution, planned: outcome === 'finished' ? plannedRun(found?.output ?? '{}') : undefined };
}

interface Started extends Begun {
  readonly runId: string | undefined;
  readonly stage: string;
  readonly student: string;
  readonly estimate: RunEstimate | undefined; // as if nothing were bounded away
  readonly prune: boolean | undefined; // then planning finds chunks and cost
}

/** In words; the other outcomes are of events. */
const SAID: Readonly<Partial<Record<Outcome, string>>> = {
  started: 'is started',
  redriven: 'had failed or was stopped, and goes on where it was',
  running: 'is running already',
  finished: 'is finished: nothing is started',
};

function report({ planned, execution, outcome, stage, student, estimate, prune, ...started }: Started, json: boolean) {
  const runId = started.runId ?? planned;
  const { cost, chunks, compositions } = estimate ?? {};
  if (json) {
    const size = prune ? { compositions, costIfNothingIsBounded: cost } : { compositions, chunks, costEstimate: cost };
    const told = { runId: runId ?? null, execution: execution ?? null, outcome, student, ...size };
    printJson(told);
    return;
  }
  const run = runId ?? execution;
  const what = estimate === undefined ? '' : `${describeEstimate(estimate, prune)}\n`;
  const then = outcome === 'finished' ? 'results' : 'watch';
  process.stdout.write(
    `run ${run} ${SAID[outcome]}\nstudent ${student.slice(0, 12)}\n${what}next: ionsieve cloud ${then} ${run} --stage ${stage}\n`,
  );
}

function describeEstimate({ compositions, chunks, cost }: RunEstimate, prune: boolean | undefined): string {
  const [count, dollars] = [formatCount(compositions), formatDollars(cost.total)];
  if (prune) return `${count} compositions, about ${dollars} US dollars if nothing were bounded away`;
  return `${count} compositions in ${formatCount(chunks)} chunks, about ${dollars} US dollars`;
}
