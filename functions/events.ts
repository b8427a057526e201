import * as v from 'valibot';
import { InputError } from '../shared/errors.ts';
import { fields, type Refuse, readShape, type Shape, text } from '../shared/shape.ts';

/**
 * An event by its schema.
 *
 * @param handler that the event is for, as errors name it
 * @throws {InputError} naming the field that is missing or not as expected
 */
export function parseEvent<T>(shape: Shape<T>, event: unknown, handler: string): T {
  const refuse: Refuse = (problem, column) =>
    new InputError(problem, { file: `event of ${handler}`, column }, 'Correct the event.');
  return readShape(shape, event, refuse);
}

/** A field that may be absent or null: workflows write null where there is nothing. */
export function maybe<T>(shape: Shape<T>) {
  return v.pipe(
    v.nullish(shape),
    v.transform((value) => value ?? undefined),
  );
}

const EXPECTED_TIME = 'a time such as 2026-01-31T12:00:00Z';

/** A point of time in ISO 8601. */
export const TIME: Shape<Date> = v.pipe(
  text,
  v.transform((time) => new Date(time)),
  v.check((time) => !Number.isNaN(time.getTime()), EXPECTED_TIME),
);

/** An event that names a run. */
export const RUN_EVENT = fields({ runId: text });

/** An event that names a training job. */
export const JOB_EVENT = fields({ jobId: text });
