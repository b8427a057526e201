import {
  chunkScreening,
  type ScreenEvent,
  type ScreenReceipt,
  type ScreenRuntime,
} from '../shared/runs/chunk-screening.ts';
import { readEvent } from './events.ts';

/** Parse, screen, store, acknowledge; see `chunkScreening`. */
export function createScreenHandler(load: () => Promise<ScreenRuntime>): (event: unknown) => Promise<ScreenReceipt> {
  const screen = chunkScreening(load);
  return async (event) => screen(parseScreenEvent(event));
}

function parseScreenEvent(event: unknown): ScreenEvent {
  const fields = readEvent(event, 'screen-chunk');
  return {
    runId: fields.text('runId'),
    chunk: fields.integer('chunk', 0),
    start: fields.integer('start', 0),
    end: fields.integer('end', 1),
  };
}
