import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../shared/errors.ts';
import { mergeMeasurements, parseMeasurements } from '../../shared/labels/measurements.ts';
import { sharedData } from '../shared-data.ts';

const LITHIUM = { mobileIon: 3, knows: (z: number) => z < 90 };
const read = (text: string, named = {}) => parseMeasurements(text, 'm.csv', LITHIUM, named);
const merged = (rows: string) => mergeMeasurements(read(`formula,sigma (S/cm)\n${rows}`), 'm.csv');

describe('a file of measurements', () => {
  it.each([
    ['conductivity_S_per_cm', '1e-4', -4],
    ['sigma_RT_S_per_cm', '1e-4', -4],
    ['Ionic conductivity (S cm-1)', '1e-4', -4],
    ['sigma [mS/cm]', '0.1', -4],
    ['sigma / mS cm^-1', '0.1', -4],
    ['σ (µS/cm)', '100', -4],
    ['sigma (nS·cm-1)', '1e5', -4],
    ['conductivity (S/m)', '0.01', -4],
    ['conductivity_mS_per_m', '10', -4],
    ['log10_conductivity_S_per_cm', '-4', -4],
    ['log10(σ / S cm-1)', '-4.0', -4],
    ['log10 sigma (mS/cm)', '-1', -4],
  ])('in the column %s reads %s as log10 %d of S/cm', (column, value, log10) => {
    const [measurement] = read(`formula,${column}\nLi3PS4,${value}\n`);
    expect(measurement.log10).toBeCloseTo(log10, 12);
    expect(measurement.bound).toBe('exact');
  });

  it.each([
    ['<1e-10', 'upper'],
    ['≤ 1e-10', 'upper'],
    ['<=1E-10', 'upper'],
    ['>1e-10', 'lower'],
    ['>= 1e-10', 'lower'],
  ])('reads %s as a bound', (value, bound) => {
    expect(read(`composition,sigma (S/cm)\nLi2O,${value}\n`)[0]).toMatchObject({ log10: -10, bound });
  });

  it('keeps fractional amounts', () => {
    const [{ composition }] = read('formula,S/cm\nLi6.4La3Zr1.4Ta0.6O12,4e-4\n');
    expect(composition.amounts).toEqual([6.4, 3, 1.4, 0.6, 12]);
  });

  it.each([
    ['formula,S/cm\nLi2O,1e-8\nLi3N,low\n', 'm.csv:3:S/cm: conductivity "low" is not a positive number'],
    ['formula,S/cm\nLi2O,-1\n', 'm.csv:2:S/cm: conductivity "-1" is not a positive number'],
    ['formula,S/cm\nLi2O,\n', 'm.csv:2:S/cm: the cell is empty'],
    [
      'formula,log10 S/cm\nLi2O,-1e308\n',
      '"-1e308", read as log10 of S/cm, is 10^-1e+308 S/cm, expected 10^-100 to 0.5 S/cm',
    ],
    ['formula,S/cm\nLi2O,1e200\n', 'm.csv:2:S/cm: conductivity "1e200", read as S/cm, is 10^200 S/cm, expected'],
    ['formula,S/cm\nNaCl,1e-9\n', 'm.csv:2:formula: NaCl has no Li'],
    ['formula,S/cm\nLi2UO4,1e-9\n', 'm.csv:2:formula: Li2UO4 has U, which is in no labelled structure'],
    ['formula,S/cm\nLi2Oq,1e-9\n', 'm.csv:2:formula: '],
    [
      'formula,sigma\nLi2O,1e-9\n',
      'm.csv:1: the header has no column with a unit of conductivity; found formula, sigma',
    ],
    ['formula,S/cm,mS/cm\nLi2O,1,1\n', 'm.csv:1: the header has 2 columns with a unit of conductivity (S/cm, mS/cm)'],
    ['name,S/cm\nLi2O,1e-9\n', 'm.csv:1: the header has no column formula or composition'],
    ['formula,S/cm\n', 'm.csv: the file holds no measurements'],
  ])('%j is refused', (text, message) => {
    expect(() => read(text)).toThrow(InputError);
    expect(() => read(text)).toThrow(message);
  });

  it('reads the columns that are named', () => {
    const text = 'formula,name,S/cm,S/m\nLi2O,Li3N,1,1e-2\n';
    expect(read(text, { formula: 'name', conductivity: 'S/m' })[0]).toMatchObject({ log10: -4, bound: 'exact' });
    expect(() => read(text, { conductivity: 'name' })).toThrow('m.csv:1:name: the name has no unit of conductivity');
  });
});

describe('measurements of one composition', () => {
  it('are averaged as logarithms, however the formula is written', () => {
    expect(merged('Li10GeP2S12,1e-2\nLi20Ge2P4S24,1e-4\nLi2O,1e-8\n')).toMatchObject([
      { formula: 'Li10GeP2S12', system: 'Li-Ge-P-S', log10: -3, bound: 'exact', measurements: 2 },
      { formula: 'Li2O', log10: -8, measurements: 1 },
    ]);
  });

  it('count values before bounds, and otherwise the tightest bound', () => {
    expect(merged('Li2O,<1e-10\nLi2O,1e-8\n')).toMatchObject([{ log10: -8, bound: 'exact', measurements: 2 }]);
    expect(merged('Li2O,<1e-10\nLi2O,<1e-8\n')).toMatchObject([{ log10: -10, bound: 'upper' }]);
    expect(merged('Li2O,>1e-5\nLi2O,>1e-3\n')).toMatchObject([{ log10: -3, bound: 'lower' }]);
    expect(() => merged('Li2O,<1e-3\nLi2O,>1e-5\n')).toThrow('m.csv: Li2O has bounds from both sides and no value');
  });

  it('may be more than a call has arguments', () => {
    const many = (value: string): string => `Li2O,${value}\n`.repeat(200_000);
    expect(merged(many('<1e-8'))).toMatchObject([{ log10: -8, bound: 'upper', measurements: 200_000 }]);
    expect(merged(many('>1e-8'))).toMatchObject([{ log10: -8, bound: 'lower', measurements: 200_000 }]);
  });

  it('are not those of another dopant content', () => {
    expect(merged('Li6.4La3Zr1.4Ta0.6O12,1e-4\nLi6.5La3Zr1.5Ta0.5O12,1e-4\n')).toHaveLength(2);
  });
});

describe('measured conductivities from the literature', () => {
  const obelix = sharedData('obelix-train/train.csv');
  it.skipIf(obelix === undefined)('478 of OBELiX are of 390 compositions in 171 systems, 28 known by a bound', () => {
    const path = obelix as string;
    const measured = mergeMeasurements(parseMeasurements(readFileSync(path, 'utf8'), path, LITHIUM), path);
    expect(measured.reduce((sum, { measurements }) => sum + measurements, 0)).toBe(478);
    expect(measured).toHaveLength(390);
    expect(new Set(measured.map(({ system }) => system)).size).toBe(171);
    expect(measured.filter(({ bound }) => bound === 'upper')).toHaveLength(28);
  });

  const small = sharedData('small-set.csv');
  it.skipIf(small === undefined)('37 of the small set are read', () => {
    expect(parseMeasurements(readFileSync(small as string, 'utf8'), small as string, LITHIUM)).toHaveLength(37);
  });

  it('reads a header with a long run of blanks in linear time', () => {
    const start = performance.now();
    expect(() => parseMeasurements(`formula,S${'_'.repeat(200_000)}\nLi,1\n`, 'x.csv', LITHIUM)).toThrow(
      'no column with a unit',
    );
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
