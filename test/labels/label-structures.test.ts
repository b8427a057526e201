import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../shared/errors.ts';
import { parseCsv } from '../../shared/io/tables/csv.ts';
import { readText } from '../../shared/io/tables/lines.ts';
import {
  countReasons,
  type LabelResult,
  labelStructures,
  type SkippedStructure,
} from '../../shared/labels/label-structures.ts';
import { formatLabels, formatSkipped, readLabels } from '../../shared/labels/labels-file.ts';
import { isIonic, mergePolymorphs } from '../../shared/labels/merge-polymorphs.ts';
import { structureFormula } from '../../shared/labels/structure-formula.ts';
import { readStructures, type StructureResult } from '../../shared/structure/formats/read-structures.ts';
import { parseTeacher } from '../../shared/teacher/teacher.ts';
import { crystal, cube, rockSalt } from '../crystals.ts';
import { sharedData } from '../shared-data.ts';

const TEACHER_URL = new URL('../../models/teacher-sendek-2017.json', import.meta.url);
const TEACHER = parseTeacher(readFileSync(TEACHER_URL, 'utf8'), 'teacher.json');
const DATABASE = sharedData('mp-li.optimade.jsonl.gz');
const PUBLISHED = sharedData('published-candidates.csv');
const shipped = (name: string): string => new URL(`../../data/${name}`, import.meta.url).pathname;

async function collect(structures: AsyncIterable<StructureResult>): Promise<LabelResult[]> {
  const results: LabelResult[] = [];
  for await (const result of labelStructures(structures, TEACHER)) results.push(result);
  return results;
}

async function* stream(results: readonly StructureResult[]): AsyncGenerator<StructureResult> {
  yield* results;
}

describe('labelling structures', () => {
  it('gives every structure a label or a reason, in order', async () => {
    const results = await collect(
      stream([
        { structure: rockSalt(4.026) },
        { id: 'broken', error: new InputError('no atoms', { file: 'x.cif' }, 'Add some.') },
        { structure: rockSalt(4, 'Na', 'Cl') },
        { structure: rockSalt(4.026) },
      ]),
    );
    expect(results.map((result) => ('label' in result ? result.label.formula : result.skipped))).toEqual([
      'LiF',
      { id: 'broken', reason: 'not a usable structure', detail: 'x.cif: no atoms. Add some.' },
      { id: 'NaCl', reason: 'no Li', detail: 'no Li' },
      { id: 'LiF', reason: 'the id was labelled before', detail: 'the id was labelled before' },
    ]);
  });

  it('counts reasons, the most frequent first', () => {
    const skipped = ['b', 'a', 'b', 'c'].map((reason): SkippedStructure => ({ id: 'x', reason, detail: reason }));
    expect(countReasons(skipped)).toEqual([
      ['b', 2],
      ['a', 1],
      ['c', 1],
    ]);
  });
});

describe('the formula of a structure', () => {
  it('is reduced', () => {
    expect(structureFormula(rockSalt(4))).toBe('LiF');
  });

  it('takes rounded occupancies for whole atoms where they add up to some', () => {
    const thirds = [0, 1, 2].map((i): [string, number[], number] => ['Li', [i / 3, 0, 0], 0.333]);
    expect(structureFormula(crystal('thirds', cube(9), [...thirds, ['F', [0.5, 0.5, 0.5]]]))).toBe('LiF');
  });

  it('stays fractional otherwise', () => {
    expect(structureFormula(rockSalt(4, 'Li', 'F', 0.55))).toBe('Li2.2F4');
  });
});

describe.skipIf(DATABASE === undefined || PUBLISHED === undefined)('the 21,755 structures of the database', () => {
  it('give the published probabilities and exactly the labels that are shipped', async () => {
    const results = await collect(readStructures([DATABASE as string]));
    const labels = results.flatMap((result) => ('label' in result ? result.label : []));
    const skipped = results.flatMap((result) => ('skipped' in result ? result.skipped : []));
    expect(labels).toHaveLength(21_725);
    expect(labels.filter(({ probability }) => probability >= 0.5)).toHaveLength(2893); // 13.3 %
    expect(countReasons(skipped)).toEqual([['Li is the most electronegative element', 30]]);
    expect(formatLabels(labels) === (await readText(shipped('labels.csv.gz')))).toBe(true);
    expect(formatSkipped(skipped)).toBe(await readText(shipped('labels.skipped.csv')));

    const probabilities = new Map(labels.map(({ id, probability }) => [id, probability]));
    const { rows } = parseCsv(await readText(PUBLISHED as string), 'published-candidates.csv', []);
    const pairs = rows.map((row) => [
      probabilities.get(row.text('mp_id')) ?? Number.NaN,
      row.number('published_probability'),
    ]);
    expect(pairs).toHaveLength(11);
    expect(pairs.reduce((sum, [ours, theirs]) => sum + Math.abs(ours - theirs), 0) / 11).toBeLessThan(0.01);
    expect(pairs.every(([ours, theirs]) => ours >= 0.5 && theirs >= 0.5)).toBe(true);
  });
});

describe('the shipped labels', () => {
  it('merge to 9,509 formulas, 7,963 of them ionic, of which 7.9 % pass', async () => {
    const formulas = mergePolymorphs(await readLabels(shipped('labels.csv.gz')));
    const ionic = formulas.filter(isIonic);
    expect([formulas.length, ionic.length]).toEqual([9509, 7963]);
    expect(ionic.filter(({ probability }) => probability >= 0.5).length / ionic.length).toBeCloseTo(0.079, 3);
  });
});
