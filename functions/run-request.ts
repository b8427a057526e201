import type { AskedCompanions } from '../shared/models/companions.ts';
import { RANK_BY, type RunOptions, runOptions } from '../shared/screen/run-options.ts';
import type { EventFields } from './events.ts';

/** The options of a run in an event; what is left out has its default. */
export function readRunOptions(fields: EventFields, handler: string): RunOptions {
  const asked = {
    top: fields.optionalInteger('top', 1),
    perSystem: fields.optionalInteger('perSystem', 1),
    criteria: fields.optionalValue('criteria'),
    rankBy: fields.optionalOneOf('rankBy', RANK_BY),
    finalists: fields.optionalInteger('finalists', 1),
    prune: fields.optionalBoolean('prune'),
  };
  return runOptions(asked, `event of ${handler}`);
}

/** The companions that an event asks for. */
export function readCompanions(fields: EventFields): AskedCompanions {
  return {
    committee: fields.optionalText('committee'),
    labels: fields.optionalText('labels'),
    measured: fields.optionalText('measured'),
  };
}
