import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkTeacher } from '../../shared/labels/check-teacher.ts';
import type { StructureLabel } from '../../shared/labels/label.ts';
import { compress, decodeLabels, formatLabels, parseLabels } from '../../shared/labels/labels-file.ts';
import { parseTeacher } from '../../shared/teacher/teacher.ts';

const TEACHER_URL = new URL('../../models/teacher-sendek-2017.json', import.meta.url);
const TEACHER = parseTeacher(readFileSync(TEACHER_URL, 'utf8'), 'teacher.json');

const LABEL: StructureLabel = {
  id: 'mp-1',
  formula: 'LiF',
  anion: 'F',
  features: { llb: 12, sbi: 1.61538, afc: 12, lasd: 2.013, llsd: 2.84681 },
  probability: 1.23457e-7,
};
const TEXT = 'id,formula,anion,llb,sbi,afc,lasd,llsd,probability\nmp-1,LiF,F,12,1.61538,12,2.013,2.84681,1.23457e-7\n';

describe('a labels file', () => {
  it('has 6 significant digits', () => {
    expect(
      formatLabels([{ ...LABEL, features: { ...LABEL.features, sbi: 1.615384615 }, probability: 1.234567e-7 }]),
    ).toBe(TEXT);
  });

  it('is read back as it was written, compressed or not', () => {
    expect(parseLabels(TEXT, 'l.csv')).toEqual([LABEL]);
    expect(decodeLabels(compress(TEXT), 'l.csv.gz')).toEqual([LABEL]);
    expect(decodeLabels(new TextEncoder().encode(TEXT), 'l.csv')).toEqual([LABEL]);
  });

  it('has the features of the teacher that made it', () => {
    const label = { ...LABEL, features: { lasd: 2.013, ens: 3.98 } };
    const text = 'id,formula,anion,lasd,ens,probability\nmp-1,LiF,F,2.013,3.98,1.23457e-7\n';
    expect(formatLabels([label])).toBe(text);
    expect(parseLabels(text, 'l.csv')).toEqual([label]);
  });

  it('is refused for a teacher that needs another feature', () => {
    const [label] = parseLabels(TEXT.replaceAll(/lasd,|2\.013,/g, ''), 'l.csv');
    expect(() => checkTeacher([label], TEACHER, 'l.csv')).toThrow(
      'l.csv:1: column lasd is missing, which teacher sendek',
    );
  });

  it('is compressed without time and system in the header', () => {
    expect([...compress(TEXT).subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
  });

  it('is refused where its gzip data is cut off', () => {
    expect(() => decodeLabels(compress(TEXT).subarray(0, 40), 'l.csv.gz')).toThrow(
      'l.csv.gz: the gzip data ends in the middle of the file',
    );
  });

  it.each([
    [TEXT.replaceAll(/formula,|LiF,/g, ''), 'l.csv:1: column formula is missing'],
    [TEXT.replace('2.013', '2.0.13'), 'l.csv:2:lasd: "2.0.13" is not a number'],
    [TEXT.replace('1.61538', '-1'), 'l.csv:2:sbi: -1 is negative'],
    [TEXT.replace('1.23457e-7', '1.5'), 'l.csv:2:probability: 1.5 is above 1'],
    [TEXT.replace('LiF', 'LiX'), 'l.csv:2:formula: formula "LiX" names X'],
    [TEXT.replace('LiF,F', 'LiF,Fl0'), 'l.csv:2:anion: "Fl0" is no known element'],
    [TEXT.replace('mp-1', ''), 'l.csv:2:id: the cell is empty'],
    [TEXT + TEXT.split('\n')[1], 'l.csv:3:id: "mp-1" occurs twice'],
    [`${TEXT.split('\n')[0]}\n`, 'l.csv: the file holds no labels'],
  ])('is refused: %j', (text, message) => {
    expect(() => parseLabels(text, 'l.csv')).toThrow(message);
  });
});
