import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../shared/errors.ts';
import { parseConductivities } from '../../shared/labels/conductivities.ts';
import { readMeasuredRows } from '../../shared/labels/measured-rows.ts';
import { mergeMeasurements, parseMeasurements } from '../../shared/labels/measurements.ts';
import { sharedCase, sharedData } from '../shared-data.ts';

const LITHIUM = { mobileIon: 3, knows: (z: number) => z < 90 };
const rows = (text: string, named?: string) => readMeasuredRows(text, 'm.csv', () => undefined, named);
const log10s = (text: string) => rows(text).measured.map(({ log10 }) => Number(log10.toFixed(4)));
/** A table whose cells are parted by `;`, as names here have commas. */
const table = (...lines: readonly string[]) =>
  lines
    .map((line) =>
      line
        .split(';')
        .map((cell) => `"${cell}"`)
        .join(','),
    )
    .join('\n');

describe('the header of a conductivity', () => {
  it.each([
    ['σ (S cm⁻¹)', '1e-4', -4],
    ['σ (S·cm⁻¹)', '1e-4', -4],
    ['S.cm-1', '1e-4', -4],
    ['Scm-1', '1e-4', -4],
    ['ionic conductivity [S cm^{-1}]', '1e-4', -4],
    ['σ (Ω⁻¹ cm⁻¹)', '1e-4', -4],
    ['sigma (ohm^-1 cm^-1)', '1e-4', -4],
    ['sigma 1/(Ohm cm)', '1e-4', -4],
    ['σ ((Ω·m)⁻¹)', '1e-2', -4],
    ['milliSiemens per cm', '0.1', -4],
    ['sigma (μS/cm)', '100', -4],
    ['sigma (uS/cm)', '100', -4],
    ['conductivity_S_cm', '1e-4', -4],
    ['conductivity (10^-4 S/cm)', '1.5', -3.8239],
    ['conductivity (1e-4 S/cm)', '1.5', -3.8239],
    ['conductivity (10-4 S/cm)', '1.5', -3.8239],
    ['sigma x10^-4 S/cm', '1.5', -3.8239],
    ['σ × 10⁻³ (S cm⁻¹)', '1.5', -2.8239],
    ['log(σ / S cm-1)', '-4', -4],
    ['lg σ (S/cm)', '-4', -4],
    ['ln(σ / S cm-1)', '-9.21034', -4],
    ['−log10(σ / S cm-1)', '4', -4],
    ['pσ (S/cm)', '4', -4],
    ['σ at 25 °C (S/cm)', '1e-4', -4],
    ['sigma_298K_S_per_cm', '1e-4', -4],
    ['σ (S/cm)', '1.2 × 10⁻⁴', -3.9208],
    ['σ (S/cm)', '1.2x10-4', -3.9208],
    ['log10 σ (S/cm)', '−4', -4],
  ])('%s reads %s as log10 %d', (column, value, log10) => {
    expect(log10s(table(`formula;${column}`, `Li3PS4;${value}`))).toEqual([log10]);
  });

  it('is told where it is more than a unit', () => {
    const { notes } = rows('formula,log(σ / S cm-1)\nLi3PS4,-4\n');
    expect(notes).toEqual(['m.csv: the column log(σ / S cm-1) is read as log10 of S/cm']);
    expect(rows('formula,mS/cm\nLi3PS4,0.1\n').notes).toEqual([]);
  });

  it.each([
    ['σ × 10^4 (S/cm)', '1.5', 'the unit of the conductivity cannot be told: the name has 10^4, by which'],
    ['1000*sigma (S/cm)', '1.5', 'cannot be told: the name has 1000'],
    ['log10 (10^-4 S/cm)', '0.1', 'cannot be told: the name has a factor and a logarithm'],
    ['log2 σ (S/cm)', '-13', 'cannot be told: the name has 2'],
    ['m S/cm', '0.1', 'cannot be told: the name has m before the unit'],
    ['micro S/cm', '100', 'cannot be told: the name has micro before the unit'],
    ['σT (S/cm)', '0.1', 'cannot be told: the name has σT without K in its unit'],
    ['σ (S cm⁻¹ K⁻¹)', '0.1', 'cannot be told: the name has K'],
    ['σT (S K/cm)', '0.03', 'read as S K/cm, the values need their temperatures'],
    ['σ(T) (S/cm)', '1e-4', 'read as S/cm, the values need their temperatures'],
    ['σ at 100 °C (S/cm)', '1e-4', 'the name has at 100 °C, not room temperature (15 to 35 °C)'],
    ['electronic conductivity (S/cm)', '1e-9', 'the name has electronic'],
    ['error (S/cm)', '1e-5', 'the name has error'],
    ['ÂµS/cm', '100', 'has no column with a unit of conductivity'],
    ['?S/cm', '100', 'has no column with a unit of conductivity'],
    ['S/cm2', '1e-4', 'has no column with a unit of conductivity'],
    ['Sm', '0.1', 'has no column with a unit of conductivity'],
    ['sigma (\ufffdS/cm)', '100', 'the name has bytes that are not UTF-8'],
    ['log10 σ (S/cm)', '1e-4', 'conductivity "1e-4", read as log10 of S/cm, is 10^0.0001 S/cm'],
    ['-log10 σ (S/cm)', '1e-4', 'conductivity "1e-4", read as -log10 of S/cm, is 10^-0.0001 S/cm'],
    ['ln σ (S/cm)', '1e-4', 'read as ln of S/cm'],
    ['σ (S/cm)', '-4', 'conductivity "-4" is not a positive number, read as S/cm'],
    [
      'σ (S/cm)',
      '1.5',
      'm.csv:2:σ (S/cm): conductivity "1.5", read as S/cm, is 10^0.1761 S/cm, expected 10^-100 to 0.5',
    ],
    ['σ (S/cm)', '1e-4¹', 'is not a positive number'],
    ['log σ (S/cm)', '-25.3', 'read as log10 of S/cm, is 10^-25.3 S/cm, expected 10^-18 to 0.5'],
  ])('%s with %s is refused', (column, value, problem) => {
    const text = table(`formula;${column}`, `Li3PS4;${value}`);
    expect(() => rows(text)).toThrow(InputError);
    expect(() => rows(text)).toThrow(problem);
  });

  it('turns bounds round with the sign of a logarithm', () => {
    expect(rows('formula,-log10 S/cm\nLi2O,<5\n').measured[0]).toMatchObject({ log10: -5, bound: 'lower' });
  });

  it('is asked for where several may be meant', () => {
    const text = 'formula,bulk (S/cm),total (S/cm),std (S/cm)\nLi3PS4,2e-4,1e-4,1e-5\n';
    expect(() => rows(text)).toThrow('has 2 columns with a unit of conductivity (bulk (S/cm), total (S/cm))');
    expect(() => rows(text)).toThrow('Rename the one that is meant conductivity_S_per_cm');
    expect(rows(text, 'total (S/cm)').measured).toMatchObject([{ log10: -4 }]);
    expect(log10s(text.replace('total (S/cm)', 'conductivity_S_per_cm'))).toEqual([-4]);
    expect(log10s(text.replace('bulk (S/cm)', 'σ at 100 °C (S/cm)'))).toEqual([-4]);
  });
});

describe('temperatures of measurements', () => {
  it.each([
    ['T_C', '25', '200'],
    ['T (°C)', '35', '-10'],
    ['temperature_K', '298.15', '350'],
    ['Temperature (K)', '288', '25'],
    ['T/K', '303', '473'],
    ['T', '25', '200'],
    ['T', '298', '473'],
    ['measurement temperature [℃]', 'RT', '60'],
    ['T_C', '25 °C', '333 K'],
    ['MeasTemp_C', '25', '200'],
    ['TempK', '298', '473'],
  ])('in the column %s keep %s and leave out %s', (column, room, other) => {
    const text = `formula,${column},S/cm\nLi3PS4,${room},1e-6\nLi3PS4,${other},1e-2\nLi3PS4,,1e-3\n`;
    const read = rows(text);
    expect(read.measured).toMatchObject([{ log10: -6 }]);
    expect(read.notes).toEqual([
      `m.csv: 1 rows at other temperatures than room temperature (15 to 35 °C) and 1 without a temperature are left out, by the column ${column}`,
    ]);
  });

  it.each([
    ['T', '25;298', 'it cannot be told whether the temperatures are in °C or in K'],
    ['T', '300;400', 'it cannot be told whether the temperatures are in °C or in K'],
    ['T (°F)', '77', 'temperatures in °F are not read'],
    ['1000/T (1/K)', '3.35', 'it cannot be told whether this is the temperature of measurement'],
    ['temperature of run (°C)', '25', 'it cannot be told whether this is the temperature of measurement'],
    ['°C', '25;200', 'it cannot be told whether this is the temperature of measurement'],
    ['measured at (°C)', '25;200', 'it cannot be told whether this is the temperature of measurement'],
    ['T_C', '25-60', 'm.csv:2:T_C: "25-60" is not a temperature in °C'],
    ['T_C', '60;100', 'no row is at room temperature (15 to 35 °C)'],
    ['T_K', '25', 'no row is at room temperature'],
  ])('in the column %s are refused: %s', (column, cells, problem) => {
    const lines = cells.split(';').map((cell) => `Li3PS4,${cell},1e-4`);
    expect(() => rows([`formula,${column},S/cm`, ...lines].join('\n'))).toThrow(problem);
  });

  it('are not those of sintering, nor angles', () => {
    expect(log10s('formula,sintering temperature (°C),T_g (K),beta (°),S/cm\nLi3PS4,900,500,90,1e-4\n')).toEqual([-4]);
  });

  it('divide σT, and ln σT', () => {
    expect(log10s('formula,T_K,σT (S K/cm)\nLi3PS4,298,0.0298\n')).toEqual([-4]);
    expect(log10s(`formula,T_K,ln(σT / S K cm-1)\nLi3PS4,298,${Math.log(0.0298)}\n`)).toEqual([-4]);
  });

  it('leave out rows of a teacher too', () => {
    const notes: string[] = [];
    const text = 'id,T_C,sigma (mS/cm)\na,25,0.1\na,200,100\nb,25,0.01\n';
    const read = parseConductivities(text, 'c.csv', 1e-4, (note) => notes.push(note));
    expect(read.map(({ conductor }) => conductor)).toEqual([true, false]);
    expect(notes).toHaveLength(1);
  });
});

describe('the cases of measurements', () => {
  it.each([
    ['m00', 'csv/m00-reference.csv', -4],
    ['m01', 'csv/m01-superscript-minus.csv', -4],
    ['m02', 'csv/m02-scaled-header.csv', -3.8239],
    ['m02b', 'csv/m02b-scaled-header-e.csv', -2.8239],
    ['m02c', 'csv/m02c-scaled-header-x10.csv', -2.8239],
    ['m12', 'csv/m12-temperatures.csv', -6],
  ])('%s is read rightly', (_, file, log10, { skip } = { skip: () => undefined as never }) => {
    const path = sharedCase(file);
    if (path === undefined) return skip();
    const [one, ...more] = mergeMeasurements(parseMeasurements(readFileSync(path, 'utf8'), file, LITHIUM), file);
    expect(one.log10).toBeCloseTo(log10, 4);
    expect(more).toEqual([]);
  });

  const latin = sharedCase('csv/m28-latin1-micro.csv');
  it.skipIf(latin === undefined)('m28 is refused where its micro sign is lost', () => {
    const text = readFileSync(latin as string, 'utf8');
    expect(() => rows(text)).toThrow('the name has bytes that are not UTF-8');
  });

  const liverpool = sharedData('measured/liverpool-li.csv');
  it.skipIf(liverpool === undefined)('341 of 557 of the Liverpool database are at room temperature', () => {
    const { measured, notes } = rows(readFileSync(liverpool as string, 'utf8'));
    expect(measured).toHaveLength(341);
    expect(notes[0]).toContain('216 rows at other temperatures');
  });
});
