import { describe, expect, it } from 'vitest';
import { compositionDistance, scaleProfile } from '../../../shared/chemistry/composition-distance.ts';
import { atomicNumber, SYMBOLS } from '../../../shared/chemistry/elements.ts';
import { composition, parseFormula } from '../../../shared/chemistry/formula.ts';
import type { FormulaLabel } from '../../../shared/labels/label.ts';
import { openStudent } from '../../../shared/models/student-session.ts';
import { createRandom, randomInteger } from '../../../shared/random.ts';
import type { RankingColumn } from '../../../shared/ranking/columns.ts';
import { scoreDrivers } from '../../../shared/ranking/evidence/drivers.ts';
import {
  evidenceColumns,
  measuredColumns,
  nearestColumns,
  noveltyColumns,
} from '../../../shared/ranking/evidence/evidence.ts';
import { NearestCompositions } from '../../../shared/ranking/evidence/nearest.ts';
import {
  neutralAssignments,
  spaceStates,
  TrainingDomain,
  tabulatedStates,
} from '../../../shared/ranking/evidence/training-domain.ts';
import { parseSpace } from '../../../shared/space/space-file.ts';
import { randomStudent } from '../../random-student.ts';

function label(formula: string, probability = 0.5): FormulaLabel {
  const parsed = parseFormula(formula);
  const { atomicNumbers } = parsed;
  return { formula, composition: parsed, anion: atomicNumbers[atomicNumbers.length - 1], probability, structures: 1 };
}

const LABELS = [
  label('Li2S', 0.9),
  label('Li3AsS4', 0.7),
  label('Li3PS4', 0.6),
  label('Li7P3S11', 0.8),
  label('LiF', 0.01),
];
const compositions = (...formulas: string[]) => formulas.map((formula) => parseFormula(formula));
const values = (columns: readonly RankingColumn[], name: string) =>
  columns.find((column) => column.name === name)?.values;

describe('novelty', () => {
  const columns = noveltyColumns(compositions('Li3PS4', 'Li4P2S7', 'LiCl', 'Li1.5P0.5S2'), LABELS);

  it('tells formulas that the labelled structures have, however they are written, with their probability', () => {
    expect(values(columns, 'known_formula')).toEqual([true, false, false, true]);
    expect(values(columns, 'known_probability')).toEqual([0.6, null, null, 0.6]);
  });

  it('counts the labelled formulas of the same chemical system', () => {
    expect(values(columns, 'known_system')).toEqual([2, 2, 0, 2]);
  });
});

describe('measurements', () => {
  it('are found by composition; a bound is told as one', () => {
    const columns = measuredColumns(compositions('Li3PS4', 'LiF', 'LiCl'), [
      { composition: parseFormula('Li6P2S8'), logConductivity: -3.5 },
      { composition: parseFormula('LiF'), logConductivity: -10, bound: '<' },
    ]);
    expect(values(columns, 'measured_log10_S_per_cm')).toEqual([-3.5, -10, null]);
    expect(values(columns, 'measured_bound')).toEqual([null, '<', null]);
  });
});

describe('the nearest labelled compositions', () => {
  it('come nearest first, the composition itself among them', () => {
    const columns = nearestColumns(compositions('Li3PS4'), LABELS);
    expect(values(columns, 'nearest_1')).toEqual(['Li3PS4']);
    expect(values(columns, 'nearest_1_distance')).toEqual([0]);
    expect(values(columns, 'nearest_2')).toEqual(['Li3AsS4']);
    expect(values(columns, 'nearest_2_distance')).toEqual([0.125]);
    expect(values(columns, 'nearest_2_probability')).toEqual([0.7]);
  });

  it('are as many as there are labels', () => {
    const columns = nearestColumns(compositions('LiCl'), [label('LiF', 0.01)]);
    expect(values(columns, 'nearest_1')).toEqual(['LiF']);
    expect(values(columns, 'nearest_2')).toEqual([null]);
    expect(values(columns, 'nearest_3_distance')).toEqual([null]);
  });

  it('are those of a comparison with all', () => {
    const random = createRandom(11);
    const any = () => {
      const elements = Array.from({ length: 1 + randomInteger(random, 5) }, () => 1 + randomInteger(random, 100));
      return composition(
        elements,
        elements.map(() => 1 + randomInteger(random, 4)),
      );
    };
    const known = Array.from({ length: 400 }, any);
    const index = new NearestCompositions(known);
    for (let i = 0; i < 60; i++) {
      const sought = any();
      const all = known.map((other, position) => ({
        position,
        distance: compositionDistance(scaleProfile(sought), scaleProfile(other)),
      }));
      all.sort((a, b) => a.distance - b.distance || a.position - b.position);
      expect(index.nearest(sought, 5)).toEqual(all.slice(0, 5));
    }
  });

  it('go by position in the list where distances are equal', () => {
    const index = new NearestCompositions(compositions('LiF', 'NaF', 'LiF', 'LiF'));
    expect(index.nearest(parseFormula('LiF'), 3).map(({ position }) => position)).toEqual([0, 2, 3]);
  });
});

describe('drivers', () => {
  const student = openStudent(randomStudent(['Li', 'P', 'S', 'Cl']), 'student.onnx');

  it('are the change of the logit when an element is left out', async () => {
    const session = await student;
    const logit = async (formula: string): Promise<number> => {
      const { atomicNumbers, amounts } = parseFormula(formula);
      const rows = BigInt64Array.from(atomicNumbers, (z) => BigInt(session.rowOf(z)));
      return (await session.logits(rows, Float32Array.from(amounts), 1, 1))[0];
    };
    const [drivers] = await scoreDrivers(session, compositions('Li6PS5Cl'));
    const whole = await logit('Li6PS5Cl');
    expect(drivers.map((driver) => SYMBOLS[driver.atomicNumber]).sort()).toEqual(['Cl', 'P', 'S']);
    for (const [symbol, rest] of [
      ['P', 'Li6S5Cl'],
      ['S', 'Li6PCl'],
      ['Cl', 'Li6PS5'],
    ]) {
      const driver = drivers.find((one) => one.atomicNumber === atomicNumber(symbol));
      expect(driver?.change).toBeCloseTo(whole - (await logit(rest)), 5);
    }
    const sizes = drivers.map(({ change }) => Math.abs(change));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });

  it('do not depend on what else is ranked', async () => {
    const formulas = compositions('Li3PS4', 'LiCl', 'Li6PS5Cl', 'Li4P2S7', 'Li2S');
    const together = await scoreDrivers(await student, formulas);
    for (const [i, one] of formulas.entries()) expect(await scoreDrivers(await student, [one])).toEqual([together[i]]);
  });
});

describe('the training domain', () => {
  const many = (formula: string, count: number): FormulaLabel[] => Array.from({ length: count }, () => label(formula));
  const domain = new TrainingDomain([...many('Li2FeO2', 12), ...many('Li2PuO3', 2), ...many('Li3Pd', 40)]);

  it('holds elements and charges that ten or more labelled ionic formulas have', () => {
    expect(domain.raritiesOf(parseFormula('Li4FeO3'), tabulatedStates)).toEqual([]);
  });

  it('does not hold rare elements, and those of intermetallic formulas only', () => {
    expect(domain.raritiesOf(parseFormula('Li2PuO3'), tabulatedStates)).toEqual([{ name: 'Pu', formulas: 2 }]);
    expect(domain.raritiesOf(parseFormula('Li2PdO2'), tabulatedStates)).toEqual([{ name: 'Pd', formulas: 0 }]);
  });

  it('does not hold charges that are needed for neutrality and that few formulas have', () => {
    expect(domain.raritiesOf(parseFormula('LiFeO2'), tabulatedStates)).toEqual([{ name: 'Fe3+', formulas: 0 }]);
  });

  it('says nothing of the charges of a composition that is not neutral', () => {
    expect(domain.raritiesOf(parseFormula('LiFe7O'), tabulatedStates)).toEqual([]);
  });
});

describe('neutral assignments', () => {
  const all = (formula: string) => [...neutralAssignments(parseFormula(formula), tabulatedStates)];

  it('balance the charge', () => {
    expect(all('Li3PS4')).toEqual([[1, 5, -2]]);
    expect(all('LiFePO4')).toEqual([
      [1, 2, 5, -2],
      [1, 3, 4, -2],
    ]);
  });

  it('have no positive element at or above the electronegativity of a negative one', () => {
    expect(all('LiSCl3')).toEqual([[1, 2, -1]]); // S is less electronegative than Cl
    expect(all('Li3SCl')).toEqual([[1, -2, -1]]);
    expect(all('LiI3')).toEqual([]);
  });

  it('keep to the states and anions of a space', () => {
    const space = parseSpace(
      JSON.stringify({
        name: 's',
        mobileIon: 'Li',
        elements: ['Fe', 'S', 'O'],
        anions: ['O'],
        arity: [2, 4],
        maxCoefficient: 8,
        oxidationStates: { Fe: [2] },
      }),
      'space.json',
    );
    const states = spaceStates(space);
    expect([...neutralAssignments(parseFormula('LiFeO2'), states)]).toEqual([]);
    expect([...neutralAssignments(parseFormula('Li2FeO2'), states)]).toEqual([[1, 2, -2]]);
    expect([...neutralAssignments(parseFormula('Li2S'), states)]).toEqual([]);
  });
});

it('evidence is one value per composition in every column', async () => {
  const student = await openStudent(randomStudent(['Li', 'P', 'S', 'Cl']), 'student.onnx');
  const columns = await evidenceColumns(compositions('Li3PS4', 'LiCl'), { labels: LABELS, student, measured: [] });
  expect(columns.map(({ name }) => name)).toEqual([
    ...[
      'anion',
      'charges',
      'rarest_state_share',
      'known_formula',
      'known_probability',
      'known_system',
      'measured_log10_S_per_cm',
      'measured_bound',
    ],
    ...[1, 2, 3].flatMap((n) => [`nearest_${n}`, `nearest_${n}_probability`, `nearest_${n}_distance`]),
    ...['drivers', 'outside'],
  ]);
  for (const column of columns) expect(column.values).toHaveLength(2);
  expect(values(columns, 'anion')).toEqual(['S', 'Cl']);
  expect(values(columns, 'drivers')?.[1]).toMatch(/^Cl [+-]\d+\.\d\d$/);
});
