import { SYMBOLS } from '../../chemistry/elements.ts';
import { type Composition, formatFormula, formatSystem } from '../../chemistry/formula.ts';
import { roundSignificant } from '../../io/tables/csv.ts';
import type { FormulaLabel } from '../../labels/label.ts';
import type { MeasuredNeighbor } from '../../labels/measured.ts';
import type { StudentSession } from '../../models/student-session.ts';
import { integerAmounts } from '../../space/membership.ts';
import type { RankingColumn, RankingValue } from '../columns.ts';
import { chargeColumns } from './charge-columns.ts';
import { driversColumn } from './drivers.ts';
import { NearestCompositions } from './nearest.ts';
import { FEWEST_FORMULAS, type StatesOf, TrainingDomain, tabulatedStates } from './training-domain.ts';

/** What evidence is drawn from, and how. */
export interface EvidenceSources {
  readonly labels?: readonly FormulaLabel[] | undefined; // ionic and intermetallic; without them, what they tell is left out
  readonly student: StudentSession; // that made the ranking
  readonly measured?: readonly MeasuredNeighbor[] | undefined; // each composition once
  /** Oxidation states that compositions of the ranking may have. Default: tabulated ones. */
  readonly statesOf?: StatesOf;
}

const NEIGHBORS = 3;
const DIGITS = 6; // significant; labels have as many

/**
 * What is known of the compositions of a ranking: columns that come after those of the ranking itself.
 *
 * @param compositions in the order of the ranking
 * @throws {IntegrityError} if the student gives a logit that is not a finite number
 */
export async function evidenceColumns(
  compositions: readonly Composition[],
  { labels, student, measured, statesOf = tabulatedStates }: EvidenceSources,
): Promise<RankingColumn[]> {
  return [
    anionColumn(compositions),
    ...chargeColumns(compositions),
    ...(labels === undefined ? [] : noveltyColumns(compositions, labels)),
    ...(measured === undefined ? [] : measuredColumns(compositions, measured)),
    ...(labels === undefined ? [] : nearestColumns(compositions, labels)),
    await driversColumn(student, compositions),
    ...(labels === undefined ? [] : [outsideColumn(compositions, labels, statesOf)]),
  ];
}

/** Column `anion`: the most electronegative element. */
export function anionColumn(compositions: readonly Composition[]): RankingColumn {
  return {
    name: 'anion',
    type: 'STRING',
    values: compositions.map(({ atomicNumbers }) => SYMBOLS[atomicNumbers[atomicNumbers.length - 1]]),
    description: 'Most electronegative element.',
  };
}

/** Whether the labelled structures have the formula or the chemical system. */
export function noveltyColumns(compositions: readonly Composition[], labels: readonly FormulaLabel[]): RankingColumn[] {
  const probabilities = new Map(labels.map(({ formula, probability }) => [formula, probability]));
  const systems = new Map<string, number>();
  for (const { composition } of labels) {
    const system = formatSystem(composition.atomicNumbers);
    systems.set(system, (systems.get(system) ?? 0) + 1);
  }
  const known = compositions.map((composition) => probabilities.get(identityOf(composition)));
  return [
    {
      name: 'known_formula',
      type: 'BOOLEAN',
      values: known.map((probability) => probability !== undefined),
      description: 'Whether the labelled structures have the reduced formula.',
    },
    {
      name: 'known_probability',
      type: 'DOUBLE',
      values: known.map(rounded),
      description: "Teacher's probability of a known formula, the mean over its structures.",
    },
    {
      name: 'known_system',
      type: 'INT32',
      values: compositions.map(({ atomicNumbers }) => systems.get(formatSystem(atomicNumbers)) ?? 0),
      description: 'Labelled formulas of exactly these elements.',
    },
  ];
}

/** Measured conductivities of the compositions themselves. */
export function measuredColumns(
  compositions: readonly Composition[],
  measured: readonly MeasuredNeighbor[],
): RankingColumn[] {
  const byFormula = new Map(measured.map((entry) => [identityOf(entry.composition), entry]));
  const found = compositions.map((composition) => byFormula.get(identityOf(composition)));
  return [
    {
      name: 'measured_log10_S_per_cm',
      type: 'DOUBLE',
      values: found.map((entry) => rounded(entry?.logConductivity)),
      description: 'Measured room-temperature conductivity of the composition, log10 of S/cm.',
    },
    {
      name: 'measured_bound',
      type: 'STRING',
      values: found.map((entry) => entry?.bound ?? null),
      description: '< or > where the measurement only says that the conductivity is below or above the value.',
    },
  ];
}

/** The nearest labelled compositions, the composition itself among them if it is known. */
export function nearestColumns(compositions: readonly Composition[], labels: readonly FormulaLabel[]): RankingColumn[] {
  const index = new NearestCompositions(labels.map(({ composition }) => composition));
  const found = compositions.map((composition) => index.nearest(composition, NEIGHBORS));
  return Array.from({ length: NEIGHBORS }, (_, n) => n).flatMap((n) => {
    const label = (i: number): FormulaLabel | undefined => labels[found[i][n]?.position];
    const each = (value: (i: number) => RankingValue): RankingValue[] => compositions.map((_, i) => value(i));
    const name = `nearest_${n + 1}`;
    return [
      {
        name,
        type: 'STRING',
        values: each((i) => label(i)?.formula ?? null),
        description: `Nearest labelled formula, number ${n + 1}.`,
      },
      {
        name: `${name}_probability`,
        type: 'DOUBLE',
        values: each((i) => rounded(label(i)?.probability)),
        description: "Teacher's probability of it, the mean over its structures.",
      },
      {
        name: `${name}_distance`,
        type: 'DOUBLE',
        values: each((i) => rounded(found[i][n]?.distance)),
        description: "Element mover's distance to it, steps of the modified Pettifor scale per atom.",
      },
    ];
  });
}

/** Column `outside`, such as `Pu (2);Pd4+ (3)`; null inside of the training data. See {@link TrainingDomain}. */
export function outsideColumn(
  compositions: readonly Composition[],
  labels: readonly FormulaLabel[],
  statesOf: StatesOf,
): RankingColumn {
  const domain = new TrainingDomain(labels);
  const text = (composition: Composition): string =>
    domain
      .raritiesOf(composition, statesOf)
      .map(({ name, formulas }) => `${name} (${formulas})`)
      .join(';');
  return {
    name: 'outside',
    type: 'STRING',
    values: compositions.map((composition) => text(composition) || null),
    description:
      `Elements and charges outside of the training data: in fewer than ${FEWEST_FORMULAS} labelled ionic formulas, ` +
      'with their number.',
  };
}

/** Equal for equal compositions, however they are written. */
function identityOf(composition: Composition): string {
  return formatFormula(integerAmounts(composition));
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : roundSignificant(value, DIGITS);
}
