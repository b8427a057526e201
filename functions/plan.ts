import { InputError } from '../shared/errors.ts';
import { MAX_CHUNKS } from '../shared/limits.ts';
import type { AskedCompanions } from '../shared/models/companions.ts';
import { once } from '../shared/once.ts';
import { type PlanReceipt, type PlanRuntime, planRun, type RunRequest } from '../shared/planning/plan-run.ts';
import type { AskedOptions } from '../shared/screen/run-options.ts';
import { readEvent } from './events.ts';
import { readCompanions, readRunOptions } from './run-request.ts';

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

function parsePlanEvent(event: unknown): RunRequest {
  const fields = readEvent(event, 'plan');
  const chunks = fields.integer('chunks', 0, 0);
  const compositions = fields.optionalText('compositions');
  if (compositions !== undefined && fields.optionalText('space') !== undefined)
    throw new InputError('it names a space and compositions', { file: 'event of plan' }, 'Name one of them.');
  const options = readRunOptions(fields, 'plan');
  if (compositions !== undefined && options.prune)
    throw new InputError(
      'the systems of a list cannot be bounded',
      { file: 'event of plan', column: 'prune' },
      'Screen a list without bounds, or screen a space.',
    );
  if (chunks > MAX_CHUNKS)
    throw new InputError(`${chunks} chunks are more than ${MAX_CHUNKS}`, { column: 'chunks' }, 'Ask for fewer.');
  return {
    ...(compositions === undefined ? { space: fields.text('space') } : { compositions }),
    student: fields.optionalText('student'),
    chunks,
    options,
    asked: readCompanions(fields),
  };
}
