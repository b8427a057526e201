import * as v from 'valibot';
import { OPTION_SHAPES } from '../shared/screen/option-shapes.ts';
import { text } from '../shared/shape.ts';
import { maybe } from './events.ts';

const { top, perSystem, rankBy, finalists, prune } = OPTION_SHAPES;

/** Fields of an event that ask for options of a run, as `runOptions` completes them: what is left out has its default. */
export const OPTION_FIELDS = {
  top: maybe(top),
  perSystem: maybe(perSystem),
  rankBy: maybe(rankBy),
  finalists: maybe(finalists),
  prune: maybe(prune),
  criteria: maybe(v.unknown()), // read by `parseCriteria`
} as const;

/** Fields of an event that ask for companions. */
export const COMPANION_FIELDS = { committee: maybe(text), labels: maybe(text), measured: maybe(text) } as const;
