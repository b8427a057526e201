import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatMeasurements, parseObelix } from '../../shared/import/obelix.ts';
import { parseConductivities } from '../../shared/labels/conductivities.ts';
import { sharedData } from '../shared-data.ts';

const HEADER = 'ID,Reduced Composition,Ionic conductivity (S cm-1),Family,DOI,Cif ID\n';
const TABLE = sharedData('obelix-train/train.csv');

describe('parseObelix', () => {
  it('keeps values and bounds as published', () => {
    const { measurements, skipped } = parseObelix(`${HEADER}1e9,Li3PS4,<1E-10,LISICON,10.1/x,done\n`, 'train.csv');
    expect(skipped).toEqual([]);
    expect(measurements).toEqual([
      { id: '1e9', formula: 'Li3PS4', conductivity: '<1E-10', family: 'LISICON', doi: '10.1/x', hasStructure: true },
    ]);
    expect(formatMeasurements(measurements)).toBe(
      'id,formula,conductivity_S_per_cm,family,doi\n1e9,Li3PS4,<1E-10,LISICON,10.1/x\n',
    );
  });

  it.each([
    ['a2,Li3PS4,,,,', ':3:Ionic conductivity (S cm-1): the cell is empty'],
    ['a2,Li3PS4,-1,,,', ':3:Ionic conductivity (S cm-1): conductivity "-1" is no positive number'],
    ['a2,Li3PS4,0,,,', 'conductivity "0" is no positive number'],
    ['a2,Li3Px4,1e-4,,,', ':3:Reduced Composition: formula "Li3Px4" names Px'],
  ])('skips the row %s with its reason', (row, reason) => {
    const { measurements, skipped } = parseObelix(`${HEADER}a1,Li2S,1e-4,,,\n${row}\n`, 'train.csv');
    expect(measurements.map(({ id }) => id)).toEqual(['a1']);
    expect(skipped).toEqual([{ id: 'a2', reason: expect.stringContaining(reason) }]);
  });

  it.each([
    ['a1,Li2S,1e-4,,,\na1,Li2S,1e-4,,,', 'train.csv:3:ID: id a1 occurs twice'],
    ['../x,Li2S,1e-4,,,', '"../x" is no id of letters and digits'],
    ['a1,Li2S,x,,,', 'no row can be used; train.csv:2:'],
    ['', 'train.csv: holds no measurements'],
  ])('refuses %j', (rows, message) => {
    expect(() => parseObelix(`${HEADER}${rows}\n`, 'train.csv')).toThrow(message);
  });

  it('names the columns that are missing', () => {
    expect(() => parseObelix('ID,DOI\n', 'train.csv')).toThrow(
      'column Reduced Composition, Ionic conductivity (S cm-1)',
    );
  });

  it.skipIf(!TABLE)('reads every row of the published table into what `teacher fit` reads', () => {
    const { measurements, skipped } = parseObelix(readFileSync(TABLE as string, 'utf8'), 'train.csv');
    expect([measurements.length, skipped.length]).toEqual([478, 0]);
    expect(measurements.filter(({ hasStructure }) => hasStructure)).toHaveLength(254);
    expect(measurements.filter(({ conductivity }) => conductivity.startsWith('<'))).toHaveLength(29);
    const read = parseConductivities(formatMeasurements(measurements), 'measurements.csv', 1e-4);
    expect(read.map(({ structureIds }) => structureIds[0])).toEqual(measurements.map(({ id }) => id));
    expect(read.filter(({ conductor }) => conductor)).toHaveLength(
      measurements.filter(({ conductivity }) => Number(conductivity) >= 1e-4).length,
    );
  });
});
