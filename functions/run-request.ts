import type { AskedCompanions } from '../shared/models/companions.ts';
import { RANKING_OPTIONS, type RunOptionName, runOption } from '../shared/screen/run-option-table.ts';
import { type AskedOptions, type RunOptions, runOptions } from '../shared/screen/run-options.ts';
import type { EventFields } from './events.ts';

/** The options of a run in an event; what is left out has its default. */
export function readRunOptions(fields: EventFields, handler: string): RunOptions {
  const names = RANKING_OPTIONS.filter((name) => !runOption(name).isCriterion);
  const asked = Object.fromEntries(names.map((name) => [name, readRunOption(fields, name)]));
  return runOptions({ ...(asked as AskedOptions), criteria: fields.optionalValue('criteria') }, `event of ${handler}`);
}

/** The companions that an event asks for. */
export function readCompanions(fields: EventFields): AskedCompanions {
  return {
    committee: fields.optionalText('committee'),
    labels: fields.optionalText('labels'),
    measured: fields.optionalText('measured'),
  };
}

/** A field of an event by what is declared of its option. */
function readRunOption(fields: EventFields, name: RunOptionName): unknown {
  const { kind, choices = [] } = runOption(name);
  if (kind === 'count') return fields.optionalInteger(name, 1);
  if (kind === 'choice') return fields.optionalOneOf(name, choices);
  return kind === 'switch' ? fields.optionalBoolean(name) : fields.optionalText(name);
}
