import type { RunWatch } from '../../local/run-watch.ts';
import { countedWhile, Progress, shownWhile } from './progress.ts';
import { note } from './terminal.ts';

/** Tells on stderr how a run goes. */
export const terminalWatch: RunWatch = {
  note,
  planning: (work) => shownWhile('planning', work),
  screening: (look, { prune }) =>
    new Progress(process.stderr, { did: prune ? 'screened or bounded away' : 'screened', unit: 'compositions' }, look),
  ranking: (work) => countedWhile({ did: 'scored', unit: 'compositions by the committee' }, work),
};
