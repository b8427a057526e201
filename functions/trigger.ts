import * as v from 'valibot';
import { CLIENT_SETTINGS } from '../shared/aws.ts';
import { InputError } from '../shared/errors.ts';
import {
  BEGIN_PATIENCE,
  begin,
  type Executions,
  type NoStart,
  type Outcome,
  type Start,
  type Wish,
} from '../shared/executions/begin.ts';
import { isScreened, retrainingFor, screeningFor, screeningForList } from '../shared/executions/executions.ts';
import { executionsOf } from '../shared/executions/step-functions.ts';
import type { ConditionalStore } from '../shared/io/store/store.ts';
import { checkDatasetName, checkKeyBelow, READY_FILE, TEACHER_KEY } from '../shared/retraining/job-keys.ts';
import { fields, text } from '../shared/shape.ts';
import { type EventFields, maybe, parseEvent, readEvent } from './events.ts';
import { observed } from './observe.ts';
import { once } from './once.ts';
import { readRunOptions } from './run-request.ts';
import { cloudRuntime } from './runtime.ts';

/** What answering an event needs. */
export interface TriggerRuntime {
  readonly store: ConditionalStore;
  readonly bucket: string; // whose events are meant
  readonly workflows: Readonly<Record<Start['workflow'], Executions>>;
  readonly defaultSpace: string; // key of the space that is screened where an event names none
}

/** What an event led to. */
export interface TriggerReceipt {
  readonly started: boolean; // or redriven
  readonly outcome: Outcome | 'nothing to do';
  readonly execution?: string; // its name
  readonly reason: string;
}

/** In words, after the name of the workflow. */
const SAID: Readonly<Record<Outcome, string>> = {
  started: 'was started',
  redriven: 'had failed and goes on where it was',
  running: 'is running already',
  finished: 'is finished',
  answered: 'was begun after this event',
  stopped: 'was stopped by somebody and stays so: start it by hand',
  'given up': `failed ${BEGIN_PATIENCE} times or more and is not tried again: mend the cause and start it by hand`,
};

const EVENT = fields({
  time: v.pipe(
    text,
    v.transform((time) => new Date(time)),
    v.check((time) => !Number.isNaN(time.getTime()), 'a time such as 2026-01-31T12:00:00Z'),
  ),
});

/** Parse, decide, begin, acknowledge. An event that comes twice begins nothing the second time. */
export function createTriggerHandler(load: () => Promise<TriggerRuntime>): (event: unknown) => Promise<TriggerReceipt> {
  const runtime = once(load);
  return async (event) => {
    const open = await runtime();
    const { start, unattended } = await decide(event, open);
    if ('reason' in start) return { started: false, outcome: 'nothing to do', reason: start.reason };
    const { workflow } = start;
    const wish: Wish = { since: parseEvent(EVENT, event, 'trigger').time, unattended };
    const { outcome, execution } = await begin(open.workflows[workflow], start, wish, async (found) =>
      workflow === 'screening' ? isScreened(open.store, found) : false,
    );
    const started = outcome === 'started' || outcome === 'redriven';
    return { started, outcome, execution, reason: `${workflow} ${SAID[outcome]}` };
  };
}

interface Decision {
  readonly start: Start | NoStart;
  readonly unattended: boolean;
}

async function decide(event: unknown, runtime: TriggerRuntime): Promise<Decision> {
  const { store, bucket } = runtime;
  const read = readEvent(event, 'trigger');
  const source = read.text('source');
  const options = readRunOptions(read, 'trigger');
  switch (source) {
    case 'aws.s3':
      return { start: await decideOnObject(event, store, bucket), unattended: false };
    case 'ionsieve.schedule':
      return { start: await screeningFor(store, spaceOf(read, runtime), options), unattended: true };
    case 'ionsieve.promotion':
      return { start: await screeningFor(store, spaceOf(read, runtime), options), unattended: false };
    case 'ionsieve.dataset': {
      const list = checkKeyBelow('datasets/', read.text('compositions').replace(/\/$/, ''), place('compositions'));
      return { start: await screeningForList(store, `${list}/`, options), unattended: false };
    }
    default:
      throw new InputError(
        `${JSON.stringify(source)} is no known source`,
        place('source'),
        'Send events of S3, ionsieve.schedule, ionsieve.promotion or ionsieve.dataset.',
      );
  }
}

function place(column: string): { readonly file: string; readonly column: string } {
  return { file: 'event of trigger', column };
}

function spaceOf(fields: EventFields, { defaultSpace }: TriggerRuntime): string {
  return checkKeyBelow('spaces/', fields.optionalText('space') ?? defaultSpace, place('space'));
}

const OBJECT_EVENT = fields({
  detail: fields({ bucket: fields({ name: text }), object: fields({ key: text, etag: maybe(text) }) }),
});

/** An "Object Created" event: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
async function decideOnObject(event: unknown, store: ConditionalStore, bucket: string): Promise<Start | NoStart> {
  const {
    bucket: { name: from },
    object,
  } = parseEvent(OBJECT_EVENT, event, 'trigger').detail;
  if (from !== bucket) throw new InputError(`bucket ${from} is not ${bucket}`, place('detail'), 'Correct the rule.');
  const { key, etag } = object;
  if (key === TEACHER_KEY) return retrainingFor(store, { key, etag }, null);
  const [folder, dataset, file, ...rest] = key.split('/');
  if (folder !== 'datasets' || file !== READY_FILE || rest.length > 0) return { reason: `${key} starts nothing` };
  return retrainingFor(store, { key, etag }, checkDatasetName(dataset, place('detail')));
}

async function loadCloud(): Promise<TriggerRuntime> {
  const { store, environment } = await cloudRuntime();
  const { SFNClient } = await import('@aws-sdk/client-sfn');
  const client = new SFNClient(CLIENT_SETTINGS);
  return {
    store,
    bucket: environment.text('BUCKET'),
    workflows: {
      screening: executionsOf(client, environment.text('SCREENING_ARN')),
      retraining: executionsOf(client, environment.text('RETRAINING_ARN')),
    },
    defaultSpace: environment.text('DEFAULT_SPACE'),
  };
}

export const handler = observed('trigger', createTriggerHandler(loadCloud), ({ started, outcome }) => ({
  StartedExecutions: Number(started),
  GivenUp: Number(outcome === 'given up'),
}));
