import { IntegrityError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import { readSealedJson, sealJson } from '../io/store/sealed-json.ts';
import type { ObjectStore } from '../io/store/store.ts';
import { FIGURES, outputKey, PAGE } from '../runs/run-keys.ts';
import { fields, sha256Text, text } from '../shape.ts';
import type { LastComparison } from './compare-with-last.ts';

/** Key of the page that compares a run with the last one of its kind. */
export function comparisonPageKey(runId: string): string {
  return outputKey(runId, PAGE);
}

/** Store a comparison: the file of its figures vouches for itself and for the page. */
export async function storeComparison(
  store: ObjectStore,
  runId: string,
  { beforeId, comparison, changes }: LastComparison,
  page: string,
): Promise<void> {
  const figures = { before: beforeId, after: runId, changes, ...comparison, files: { [PAGE]: sha256(page) } };
  await store.put(outputKey(runId, PAGE), Buffer.from(page));
  await store.put(outputKey(runId, FIGURES), sealJson(figures));
}

/** What its figures say of the run and of the page; the figures themselves are only for others to read. */
const COMPARED = fields({ after: text, files: fields({ [PAGE]: sha256Text }) });

/**
 * What is wrong with the stored comparison of a run.
 *
 * @returns one line for each problem; undefined if there is no comparison
 */
export async function comparisonProblems(store: ObjectStore, runId: string): Promise<string[] | undefined> {
  const [figures, page] = [await store.get(outputKey(runId, FIGURES)), await store.get(outputKey(runId, PAGE))];
  if (figures === undefined) return page && [`${FIGURES} is missing, and ${PAGE} is there`];
  try {
    const { after, files } = readSealedJson(COMPARED, figures, (problem, column) => {
      return new IntegrityError(problem, { file: FIGURES, column }, 'Compare again.');
    });
    if (after !== runId) return [`${FIGURES} is of another run: ${JSON.stringify(after)}`];
    const [said, actual] = [files[PAGE], page && sha256(page)];
    return actual === said ? [] : [`${PAGE} has SHA-256 ${actual ?? 'of nothing'}, and ${FIGURES} says ${said}`];
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    return [`${FIGURES}: ${error.problem}`];
  }
}
