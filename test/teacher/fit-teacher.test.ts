import { describe, expect, it } from 'vitest';
import { parseConductivities } from '../../shared/labels/conductivities.ts';
import { fitLogistic, logisticLogit, sigmoid } from '../../shared/learning/logistic.ts';
import { createRandom, randomNormal } from '../../shared/random.ts';
import { PUBLISHED_FEATURES } from '../../shared/teacher/feature-names.ts';
import { fitTeacher, leaveOneOut } from '../../shared/teacher/fit-teacher.ts';
import { teacherLogit } from '../../shared/teacher/teacher.ts';

const OPTIONS = {
  name: 'test',
  source: 'seeded',
  mobileIon: 'Li',
  features: PUBLISHED_FEATURES,
  conductivityThreshold: 1e-4,
  penalty: 1,
};
const random = createRandom(5);

function compound() {
  const features = Array.from({ length: 1 + Math.floor(3 * random()) }, () => ({
    llb: 10 + 3 * randomNormal(random),
    sbi: 1.5 + 0.4 * randomNormal(random),
    afc: 12 + 2 * randomNormal(random),
    lasd: 2.3 + 0.3 * randomNormal(random),
    llsd: 2.8 + 0.4 * randomNormal(random),
  }));
  return { features, conductor: features[0].lasd + 0.2 * randomNormal(random) > 2.4 };
}

const COMPOUNDS = Array.from({ length: 40 }, compound);

describe('a fitted teacher', () => {
  it('is stored in raw units: its log-odds are those of the regression on averaged features', () => {
    const single = COMPOUNDS.map(({ features, conductor }) => ({ features: [features[0]], conductor }));
    const teacher = fitTeacher(single, OPTIONS);
    const rows = single.map(({ features: [f] }) => [f.llb, f.sbi, f.afc, f.lasd, f.llsd]);
    const model = fitLogistic(
      rows,
      single.map(({ conductor }) => conductor),
      1,
    );
    single.forEach(({ features: [f] }, i) => {
      expect(teacherLogit(teacher, f)).toBeCloseTo(logisticLogit(model, rows[i]), 3);
    });
  });

  it('says what it was trained on', () => {
    const { training } = fitTeacher(COMPOUNDS, OPTIONS);
    expect(training?.compounds).toBe(40);
    expect(training?.conductors).toBe(COMPOUNDS.filter(({ conductor }) => conductor).length);
    expect(training?.structures).toBe(COMPOUNDS.reduce((sum, { features }) => sum + features.length, 0));
  });

  it('does not depend on a compound by which it is judged', () => {
    const rows = [0.1, 0.2, 0.3, 0.7, 0.8, 0.9].map((x) => Float64Array.of(x));
    const positive = [false, false, true, false, true, true];
    const rest = fitLogistic(rows.slice(1), positive.slice(1), 1);
    expect(leaveOneOut(rows, positive, 1)[0]).toBe(sigmoid(logisticLogit(rest, rows[0])));
  });

  it('takes two compounds of each class', () => {
    const one = COMPOUNDS.map((each, i) => ({ ...each, conductor: i === 0 }));
    expect(() => fitTeacher(one, OPTIONS)).toThrow(
      '1 compounds with a structure conduct 0.0001 S/cm or more and 39 less; 2 of each are needed',
    );
  });
});

describe('conductivities', () => {
  it('are read with one id or several, from all id columns', () => {
    const text = 'formula,sigma_RT_S_per_cm,mp_ids,obelix_train_ids\nLi3N,0.000575,mp-2251 mp-2341,gvd\nLiI,5e-8,,\n';
    expect(parseConductivities(text, 'c.csv', 1e-4)).toEqual([
      { structureIds: ['mp-2251', 'mp-2341', 'gvd'], conductor: true },
      { structureIds: [], conductor: false },
    ]);
  });

  it('may be bounds that decide the class', () => {
    const text = 'id,conductivity_S_per_cm\na,<1e-8\nb,>1e-3\nc,1e-4\n';
    expect(parseConductivities(text, 'c.csv', 1e-4).map(({ conductor }) => conductor)).toEqual([false, true, true]);
  });

  it.each([
    ['id,conductivity_S_per_cm\na,<1e-3\n', 'c.csv:2:conductivity_S_per_cm: conductivity "<1e-3" is a bound that'],
    ['id,conductivity_S_per_cm\na,0\n', 'c.csv:2:conductivity_S_per_cm: conductivity "0" is not a positive number'],
    ['id,conductivity_S_per_cm\na,\n', 'c.csv:2:conductivity_S_per_cm: the cell is empty'],
    ['id,sigma\na,1\n', 'c.csv:1: the header has no column with a unit of conductivity; found id, sigma'],
    ['name,conductivity_S_per_cm\na,1\n', 'c.csv:1: the header has no column id; found name'],
    ['id,conductivity_S_per_cm\n', 'c.csv: the file holds no measurements'],
  ])('are refused: %j', (text, message) => {
    expect(() => parseConductivities(text, 'c.csv', 1e-4)).toThrow(message);
  });
});
