import { chargeAssignment, formatCharges } from '../../chemistry/charge-assignment.ts';
import type { Composition } from '../../chemistry/formula.ts';
import { roundSignificant } from '../../io/tables/csv.ts';
import type { RankingColumn } from '../columns.ts';

const DIGITS = 3; // significant; shares are counts of databases

/** Oxidation states that the compositions of a ranking have, and how usual the rarest of each is. */
export function chargeColumns(compositions: readonly Composition[]): RankingColumn[] {
  const assigned = compositions.map(chargeAssignment);
  return [
    {
      name: 'charges',
      type: 'STRING',
      values: compositions.map((composition, i) => {
        const assignment = assigned[i];
        return assignment === undefined ? null : formatCharges(composition, assignment);
      }),
      description:
        'The most usual oxidation states that make it neutral, as counted in the ICSD; none if no states do.',
    },
    {
      name: 'rarest_state_share',
      type: 'DOUBLE',
      values: assigned.map((assignment) =>
        assignment === undefined ? null : roundSignificant(assignment.weakestShare, DIGITS),
      ),
      description:
        'Share of the rarest of these states among the occurrences of its element in the ICSD; below 0.05 the charge is unusual.',
    },
  ];
}
