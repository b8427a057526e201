import * as v from 'valibot';
import { InputError } from '../shared/errors.ts';
import { MAX_CHUNKS } from '../shared/limits.ts';
import type { AskedCompanions } from '../shared/models/companions.ts';
import { once } from '../shared/once.ts';
import { type PlanReceipt, type PlanRuntime, planRun, type RunRequest } from '../shared/planning/plan-run.ts';
import { type AskedOptions, runOptions } from '../shared/screen/run-options.ts';
import { fields, integer, text } from '../shared/shape.ts';
import { maybe, parseEvent } from './events.ts';
import { COMPANION_FIELDS, OPTION_FIELDS } from './run-request.ts';

/** A run to plan, as an event names it. */
export interface PlanEvent
  extends AskedOptions,
    AskedCompanions,
    Pick<RunRequest, 'space' | 'compositions' | 'student'> {
  readonly chunks?: number | undefined; // wanted; 0 or absent = by the size of the source
}

/** Parse, plan, acknowledge; see `planRun`. */
export function createPlanHandler(load: () => Promise<PlanRuntime>): (event: unknown) => Promise<PlanReceipt> {
  const runtime = once(load);
  return async (event) => {
    const request = parsePlanEvent(event);
    return planRun(request, await runtime());
  };
}

const PLAN_EVENT = fields({
  space: maybe(text),
  compositions: maybe(text),
  student: maybe(text),
  chunks: v.nullish(integer(), 0),
  ...OPTION_FIELDS,
  ...COMPANION_FIELDS,
});

function parsePlanEvent(event: unknown): RunRequest {
  const { space, compositions, student, chunks, committee, labels, measured, ...asked } = parseEvent(
    PLAN_EVENT,
    event,
    'plan',
  );
  if (compositions !== undefined && space !== undefined)
    throw new InputError('it names a space and compositions', { file: 'event of plan' }, 'Name one of them.');
  const options = runOptions(asked, 'event of plan');
  if (compositions !== undefined && options.prune)
    throw new InputError(
      'the systems of a list cannot be bounded',
      { file: 'event of plan', column: 'prune' },
      'Screen a list without bounds, or screen a space.',
    );
  if (chunks > MAX_CHUNKS)
    throw new InputError(`${chunks} chunks are more than ${MAX_CHUNKS}`, { column: 'chunks' }, 'Ask for fewer.');
  return {
    ...(compositions === undefined ? parseEvent(fields({ space: text }), event, 'plan') : { compositions }),
    student,
    chunks,
    options,
    asked: { committee, labels, measured },
  };
}
