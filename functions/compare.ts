import { objectPage } from '../shared/aws.ts';
import {
  type ComparisonOutcome,
  compareWithLast,
  type LastComparison,
} from '../shared/comparison/compare-with-last.ts';
import { comparisonNews } from '../shared/comparison/comparison-news.ts';
import { comparisonPageKey, storeComparison } from '../shared/comparison/stored-comparison.ts';
import type { ConditionalStore } from '../shared/io/store/store.ts';
import { fields, text } from '../shared/shape.ts';
import { maybe, parseEvent } from './events.ts';
import { observed } from './observe.ts';
import { once } from './once.ts';
import { cloudRuntime } from './runtime.ts';

/** What comparing needs. */
export interface CompareRuntime {
  readonly store: ConditionalStore;
  /** Address under which an object can be looked at; absent where there is none. */
  readonly addressOf?: (key: string) => string;
}

/** How a run differs from the one of its kind before it. */
export interface CompareReceipt {
  readonly runId: string;
  readonly outcome: ComparisonOutcome['kind'];
  readonly before?: string; // run id; absent if nothing was compared
  readonly page?: string; // key of comparison.html; absent if nothing was compared
  readonly message: string; // the event's message and what the comparison says, for a reader
}

const EVENT = fields({ runId: text, message: maybe(text) });

/**
 * Parse, compare, store, acknowledge. A run keeps its place in the history, so retries write the same bytes. The
 * comparison is no output of the run: it depends on what was screened before.
 */
export function createCompareHandler(load: () => Promise<CompareRuntime>): (event: unknown) => Promise<CompareReceipt> {
  const runtime = once(load);
  return async (event) => {
    const { runId, message } = parseEvent(EVENT, event, 'compare');
    const { store, addressOf } = await runtime();
    const outcome = await compareWithLast(store, runId);
    const page = comparisonPageKey(runId);
    if (outcome.kind === 'compared')
      await storeComparison(store, runId, outcome.compared, await pageOf(outcome.compared));
    const places = [`${store.location}/${page}`, ...(addressOf === undefined ? [] : [addressOf(page)])];
    const told = [message, comparisonNews(outcome, places)];
    return {
      runId,
      outcome: outcome.kind,
      ...(outcome.kind === 'compared' ? { before: outcome.compared.beforeId, page } : {}),
      message: told.filter((text) => text !== undefined).join('\n\n'),
    };
  };
}

/** Plots are loaded only here: it takes as long as to start a command. */
async function pageOf(compared: LastComparison): Promise<string> {
  const { comparisonPage } = await import('../shared/comparison/comparison-page.ts');
  return comparisonPage(compared);
}

async function loadCloud(): Promise<CompareRuntime> {
  const { store, environment } = await cloudRuntime();
  const [region, bucket] = [environment.text('AWS_REGION'), environment.text('BUCKET')];
  return { store, addressOf: (key) => objectPage(region, bucket, key) };
}

export const handler = observed('compare', createCompareHandler(loadCloud));
