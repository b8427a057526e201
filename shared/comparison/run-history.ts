import * as v from 'valibot';
import { InputError, IntegrityError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import { readSealedJson, sealJson } from '../io/store/sealed-json.ts';
import type { ConditionalStore } from '../io/store/store.ts';
import type { RunSummary } from '../report/summary.ts';
import { isRunId } from '../run-id.ts';
import { fields, listOf, type Refuse, type Shape } from '../shape.ts';

/**
 * The order in which runs of one kind were first finished: `history/<hash of the kind>.json`. Outputs carry no time, so this
 * alone tells which run was the last one; no output and no run id depends on it.
 */
const FORMAT = 2;
const PREFIX = 'history/';
const NAME_LENGTH = 32; // hexadecimal digits
const TRIES = 100; // at what others are writing at this moment

interface RunHistory {
  readonly format: number;
  readonly kind: unknown;
  readonly runs: readonly string[]; // ids, the first finished first
}

/**
 * What runs have in common that are compared: the name of what they screen, and what was asked of the ranking. How much
 * work is done for it (bounds, finalists) may differ, as files may: a comparison says so.
 */
function kindOf({ space, list, options }: RunSummary): unknown {
  const { top, perSystem, criteria, rankBy } = options;
  const source = space === undefined ? { list: list?.name } : { space: space.name };
  return { ...source, top, perSystem, ...(criteria === undefined ? {} : { criteria }), rankBy };
}

/** Key of the history that a run belongs to. */
export function historyKey(summary: RunSummary): string {
  return `${PREFIX}${sha256(JSON.stringify(kindOf(summary))).slice(0, NAME_LENGTH)}.json`;
}

/**
 * Put a finished run at the end of the history of its kind, unless it has its place there: a run that is retried or made
 * again follows the same run as before, and of two that finish at once one follows the other.
 *
 * @returns id of the run before it, or undefined if it is the first
 * @throws {IntegrityError} if the history is damaged
 * @throws {InputError} if others keep writing it
 */
export async function precedingRun(store: ConditionalStore, summary: RunSummary): Promise<string | undefined> {
  const key = historyKey(summary);
  const file = `${store.location}/${key}`;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const stored = await store.getVersioned(key);
    const runs = stored === undefined ? [] : decodeRuns(stored.bytes, file);
    const place = runs.indexOf(summary.runId);
    if (place >= 0) return runs[place - 1];
    const history: RunHistory = { format: FORMAT, kind: kindOf(summary), runs: [...runs, summary.runId] };
    if (await store.putIf(key, sealJson(history), stored?.version)) return runs.at(-1);
  }
  throw new InputError(
    'somebody else keeps writing it',
    { file },
    'Delete a lock that is left beside it, if there is one.',
  );
}

const HISTORY: Shape<RunHistory> = fields({
  format: v.literal(FORMAT, `the format ${FORMAT} of this version`),
  kind: v.unknown(),
  runs: listOf(v.pipe(v.string('the id of a run'), v.check(isRunId, 'the id of a run'))),
});

function decodeRuns(bytes: Uint8Array, file: string): readonly string[] {
  const damaged: Refuse = (problem, column) =>
    new IntegrityError(problem, { file, column }, 'Restore the history, or delete it: the next run begins another.');
  return readSealedJson(HISTORY, bytes, damaged).runs;
}
