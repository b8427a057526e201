import { InputError, type Place } from '../errors.ts';
import type { ForestOptions } from '../learning/forest.ts';
import { readJson } from '../shape.ts';
import { DEFAULT_SIZE } from './network.ts';
import type { TrainingOptions } from './trainer.ts';

/** How a student is distilled. Everything random follows from `seed`. */
export interface DistillOptions {
  readonly seed: number;
  readonly folds: number; // of the cross-validation, grouped by chemical system
  readonly threshold: number; // probability from which a composition passes
  readonly mobileIon: number; // atomic number
  readonly made: number; // compositions near the labelled ones that the forest labels
  readonly neutral: number; // neutral compositions of any elements that the forest labels
  readonly favoured: number; // every other made composition is near a label of this probability or more
  readonly labelWeight: number; // of a teacher label, where a forest label has 1
  readonly forest: Omit<ForestOptions, 'seed' | 'extraRandom'>; // of extremely randomized trees
  readonly training: Omit<TrainingOptions, 'seed'>;
}

/** What may be chosen freely: threshold and mobile ion are the teacher's, and the seed is named on its own. */
export type DistillSettings = Omit<DistillOptions, 'seed' | 'threshold' | 'mobileIon'>;

/** Settings chosen on the shipped labels; `docs/explanation/method.md` says how they compare with others. */
export const DISTILL_DEFAULTS: DistillSettings = {
  folds: 5,
  made: 300_000,
  neutral: 100_000,
  favoured: 0.2,
  labelWeight: 0.5,
  forest: { trees: 100, featureShare: 0.3, minimumLeaf: 1 },
  training: { size: DEFAULT_SIZE, steps: 12_000, batch: 512, learningRate: 4e-3, weightDecay: 0.02, averageFrom: 0.7 },
};

/**
 * The default settings with some changed, as in `{"made": 1000, "training": {"steps": 100}}`.
 *
 * @param file names the text in messages
 * @throws {InputError} naming the setting that is unknown, or whose value is no number > 0
 */
export function parseDistillSettings(text: string, file: string): DistillSettings {
  const changes = readJson(text, (problem) => new InputError(problem, { file }, 'Correct it.'));
  return merge(DISTILL_DEFAULTS, changes, file, []) as DistillSettings;
}

function merge(defaults: object, changes: unknown, file: string, path: readonly string[]): object {
  const place = { file, column: path.join('.') || undefined };
  const known = Object.keys(defaults).join(', ');
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes))
    throw new InputError(`${JSON.stringify(changes)} is no object`, place, `Give some of ${known}.`);
  const merged: Record<string, unknown> = { ...defaults };
  for (const [name, value] of Object.entries(changes)) {
    const column = [...path, name].join('.');
    if (!Object.hasOwn(defaults, name))
      throw new InputError('there is no such setting', { file, column }, `Choose among ${known}.`);
    const initial = merged[name];
    const isGroup = typeof initial === 'object' && initial !== null;
    merged[name] = isGroup ? merge(initial, value, file, [...path, name]) : setting(initial, value, { file, column });
  }
  return merged;
}

/** A number above 0, whole where the default is. */
function setting(initial: unknown, value: unknown, place: Place): number {
  const isWhole = Number.isInteger(initial);
  if (typeof value === 'number' && value > 0 && (!isWhole || Number.isInteger(value))) return value;
  const problem = `${JSON.stringify(value)} is no ${isWhole ? 'whole ' : ''}number above 0`;
  throw new InputError(problem, place, `The default is ${JSON.stringify(initial)}.`);
}
