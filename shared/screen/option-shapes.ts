import { finite, flag, integer, listOf, oneOf, text } from '../shape.ts';
import { RUN_OPTIONS } from './run-option-table.ts';

/** Values by the kind of an option. */
const KINDS = { count: integer(1), number: finite, names: listOf(text), switch: flag } as const;

const { top, perSystem, rankBy, finalists, prune, exclude, require, maxUsdPerKg, minLithiumMassPercent } = RUN_OPTIONS;

/** Options of a ranking in JSON, as the table declares them; criteria lie apart. */
export const OPTION_SHAPES = {
  top: KINDS[top.kind],
  perSystem: KINDS[perSystem.kind],
  rankBy: oneOf(rankBy.choices),
  finalists: KINDS[finalists.kind],
  prune: KINDS[prune.kind],
} as const;

/** The criteria among them. */
export const CRITERION_SHAPES = {
  exclude: KINDS[exclude.kind],
  require: KINDS[require.kind],
  maxUsdPerKg: KINDS[maxUsdPerKg.kind],
  minLithiumMassPercent: KINDS[minLithiumMassPercent.kind],
} as const;
