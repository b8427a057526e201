import {
  chunkScreening,
  type ScreenEvent,
  type ScreenReceipt,
  type ScreenRuntime,
} from '../shared/runs/chunk-screening.ts';
import { fields, integer, type Shape, text } from '../shared/shape.ts';
import { parseEvent } from './events.ts';

const SCREEN_EVENT: Shape<ScreenEvent> = fields({ runId: text, chunk: integer(), start: integer(), end: integer(1) });

/** Parse, screen, store, acknowledge; see `chunkScreening`. */
export function createScreenHandler(load: () => Promise<ScreenRuntime>): (event: unknown) => Promise<ScreenReceipt> {
  const screen = chunkScreening(load);
  return async (event) => screen(parseEvent(SCREEN_EVENT, event, 'screen-chunk'));
}
