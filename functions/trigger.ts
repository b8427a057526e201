import { InputError } from '../shared/errors.ts';
import type { ConditionalStore } from '../shared/io/store.ts';
import { type NoStart, retrainingFor, type Start, screeningFor } from '../shared/retraining/executions.ts';
import { checkDatasetName, checkKeyBelow, READY_FILE, TEACHER_KEY } from '../shared/retraining/job-keys.ts';
import { DEFAULT_LIMITS } from '../shared/screen/chunk-accumulator.ts';
import { readEvent } from './events.ts';
import { observed } from './observe.ts';
import { once } from './once.ts';
import { cloudRuntime } from './runtime.ts';
import { type StepFunctions, stepFunctions } from './step-functions.ts';

/** What answering an event needs. */
export interface TriggerRuntime {
  readonly store: ConditionalStore;
  readonly bucket: string; // whose events are meant
  readonly workflows: StepFunctions;
  readonly arns: Readonly<Record<Start['workflow'], string>>; // of the state machines
  readonly defaultSpace: string; // key of the space that is screened where an event names none
}

/** What an event started. */
export interface TriggerReceipt {
  readonly started: boolean;
  readonly execution?: string; // its name
  readonly reason: string;
}

/** Parse, decide, start, acknowledge. The name says what is to be done, so an event that comes twice starts nothing. */
export function createHandler(load: () => Promise<TriggerRuntime>): (event: unknown) => Promise<TriggerReceipt> {
  const runtime = once(load);
  return async (event) => {
    const open = await runtime();
    const decision = await decide(event, open);
    if ('reason' in decision) return { started: false, reason: decision.reason };
    const { workflow, name, input } = decision;
    if (await open.workflows.start(open.arns[workflow], name, input))
      return { started: true, execution: name, reason: `${workflow} was started` };
    return { started: false, execution: name, reason: `${workflow} was started before under this name` };
  };
}

async function decide(event: unknown, { store, bucket, defaultSpace }: TriggerRuntime): Promise<Start | NoStart> {
  const fields = readEvent(event, 'trigger');
  const source = fields.text('source');
  if (source === 'aws.s3') return decideOnObject(event, store, bucket);
  if (source === 'ionsieve.schedule' || source === 'ionsieve.promotion') {
    const space = fields.optionalText('space') ?? defaultSpace;
    checkKeyBelow('spaces/', space, { file: 'event of trigger', column: 'space' });
    return screeningFor(store, space, {
      top: fields.integer('top', 1, DEFAULT_LIMITS.top),
      perSystem: fields.integer('perSystem', 1, DEFAULT_LIMITS.perSystem),
    });
  }
  throw new InputError(
    `${JSON.stringify(source)} is no known source`,
    { file: 'event of trigger', column: 'source' },
    'Send events of S3, ionsieve.schedule or ionsieve.promotion.',
  );
}

/** An "Object Created" event: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
async function decideOnObject(event: unknown, store: ConditionalStore, bucket: string): Promise<Start | NoStart> {
  const place = { file: 'event of trigger', column: 'detail' };
  const { detail } = event as { detail?: { bucket?: unknown; object?: unknown } };
  const from = readEvent(detail?.bucket, 'trigger').text('name');
  if (from !== bucket) throw new InputError(`bucket ${from} is not ${bucket}`, place, 'Correct the rule.');
  const fields = readEvent(detail?.object, 'trigger');
  const key = fields.text('key');
  const object = { key, etag: fields.optionalText('etag'), versionId: fields.optionalText('version-id') };
  if (key === TEACHER_KEY) return retrainingFor(store, object, null);
  const [folder, dataset, file, ...rest] = key.split('/');
  if (folder !== 'datasets' || file !== READY_FILE || rest.length > 0) return { reason: `${key} starts nothing` };
  return retrainingFor(store, object, checkDatasetName(dataset, place));
}

async function loadCloud(): Promise<TriggerRuntime> {
  const { store, environment } = await cloudRuntime();
  return {
    store,
    bucket: environment.text('BUCKET'),
    workflows: await stepFunctions(),
    arns: { screening: environment.text('SCREENING_ARN'), retraining: environment.text('RETRAINING_ARN') },
    defaultSpace: environment.text('DEFAULT_SPACE'),
  };
}

export const handler = observed('trigger', createHandler(loadCloud), ({ started }) => ({
  StartedExecutions: Number(started),
}));
