import { InputError } from '../shared/errors.ts';
import { answer, type TriggerReceipt, type Workflows } from '../shared/executions/answer.ts';
import type { NoStart, Start } from '../shared/executions/begin.ts';
import { retrainingFor, screeningFor, screeningForList } from '../shared/executions/executions.ts';
import type { ConditionalStore } from '../shared/io/store/store.ts';
import { once } from '../shared/once.ts';
import { checkDatasetName, checkKeyBelow, READY_FILE, TEACHER_KEY } from '../shared/retraining/job-keys.ts';
import { runOptions } from '../shared/screen/run-options.ts';
import { fields, text } from '../shared/shape.ts';
import { maybe, parseEvent, TIME } from './events.ts';
import { OPTION_FIELDS } from './run-request.ts';

/** What answering an event needs. */
export interface TriggerRuntime extends Workflows {
  readonly bucket: string; // whose events are meant
  readonly defaultSpace: string; // key of the space that is screened where an event names none
}

/** Parse, decide, begin, acknowledge; see `answer`. */
export function createTriggerHandler(load: () => Promise<TriggerRuntime>): (event: unknown) => Promise<TriggerReceipt> {
  const runtime = once(load);
  return async (event) => {
    const open = await runtime();
    const { start, unattended } = await decide(event, open);
    const since = 'reason' in start ? undefined : parseEvent(fields({ time: TIME }), event, 'trigger').time;
    return answer(start, { since, unattended }, open);
  };
}

interface Decision {
  readonly start: Start | NoStart;
  readonly unattended: boolean;
}

const TRIGGER_EVENT = fields({ source: text, space: maybe(text), ...OPTION_FIELDS });

async function decide(event: unknown, runtime: TriggerRuntime): Promise<Decision> {
  const { store, bucket } = runtime;
  const { source, space, ...asked } = parseEvent(TRIGGER_EVENT, event, 'trigger');
  const options = runOptions(asked, 'event of trigger');
  switch (source) {
    case 'aws.s3':
      return { start: await decideOnObject(event, store, bucket), unattended: false };
    case 'ionsieve.schedule':
      return { start: await screeningFor(store, spaceOf(space, runtime), options), unattended: true };
    case 'ionsieve.promotion':
      return { start: await screeningFor(store, spaceOf(space, runtime), options), unattended: false };
    case 'ionsieve.dataset': {
      const { compositions } = parseEvent(fields({ compositions: text }), event, 'trigger');
      const list = checkKeyBelow('datasets/', compositions.replace(/\/$/, ''), place('compositions'));
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

function spaceOf(asked: string | undefined, { defaultSpace }: TriggerRuntime): string {
  return checkKeyBelow('spaces/', asked ?? defaultSpace, place('space'));
}

const OBJECT_EVENT = fields({
  detail: fields({ bucket: fields({ name: text }), object: fields({ key: text, etag: maybe(text) }) }),
});

/** An "Object Created" event: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
async function decideOnObject(event: unknown, store: ConditionalStore, bucket: string): Promise<Start | NoStart> {
  const { bucket: from, object } = parseEvent(OBJECT_EVENT, event, 'trigger').detail;
  if (from.name !== bucket)
    throw new InputError(`bucket ${from.name} is not ${bucket}`, place('detail'), 'Correct the rule.');
  const { key, etag } = object;
  if (key === TEACHER_KEY) return retrainingFor(store, { key, etag }, null);
  const [folder, dataset, file, ...rest] = key.split('/');
  if (folder !== 'datasets' || file !== READY_FILE || rest.length > 0) return { reason: `${key} starts nothing` };
  return retrainingFor(store, { key, etag }, checkDatasetName(dataset, place('detail')));
}
