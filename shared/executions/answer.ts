import type { ConditionalStore } from '../io/store/store.ts';
import { BEGIN_PATIENCE, begin, type Executions, type NoStart, type Outcome, type Start, type Wish } from './begin.ts';
import { isScreened } from './executions.ts';

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

/** The workflows that events begin, and where they keep what they made. */
export interface Workflows {
  readonly store: ConditionalStore;
  readonly workflows: Readonly<Record<Start['workflow'], Executions>>;
}

/** Begin what an event asks for, if anything. One that comes twice begins nothing the second time. */
export async function answer(start: Start | NoStart, wish: Wish, runtime: Workflows): Promise<TriggerReceipt> {
  if ('reason' in start) return { started: false, outcome: 'nothing to do', reason: start.reason };
  const { workflow } = start;
  const { outcome, execution } = await begin(runtime.workflows[workflow], start, wish, async (found) =>
    workflow === 'screening' ? isScreened(runtime.store, found) : false,
  );
  const started = outcome === 'started' || outcome === 'redriven';
  return { started, outcome, execution, reason: `${workflow} ${SAID[outcome]}` };
}
