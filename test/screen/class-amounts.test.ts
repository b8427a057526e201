import { beforeAll, describe, expect, it } from 'vitest';
import { openStudent, type StudentSession } from '../../shared/models/student-session.ts';
import { ClassAmounts, longestList } from '../../shared/screen/class-amounts.ts';
import { DEFAULT_LIMITS } from '../../shared/screen/ranking-limits.ts';
import { Screener } from '../../shared/screen/space-screener.ts';
import { amountsMatrix, buildSpace, type Space } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';
import { RowMemory } from '../../shared/space/stoichiometries/amounts.ts';
import { randomStudent } from '../random-student.ts';

const ELEMENTS = ['O', 'S', 'Cl', 'Ge', 'P', 'Fe'];

function space(elements: readonly string[]): Space {
  const rest = { mobileIon: 'Li', anions: ['O', 'S', 'Cl'], arity: [3, 5], maxCoefficient: 6, openShells: true };
  return buildSpace(parseSpace(JSON.stringify({ name: 'test', elements, ...rest }), 'test.json'));
}

const whole = space(ELEMENTS);
let student: StudentSession;

beforeAll(async () => {
  student = await openStudent(randomStudent(['Li', ...ELEMENTS]), 'student.onnx');
});

describe('ClassAmounts', () => {
  it('has the amounts of every class, whatever was asked for before', () => {
    const amounts = new ClassAmounts(student, 6, longestList(whole));
    const descending = whole.classes.toSorted((a, b) => b.stoichiometries - a.stoichiometries);
    for (const cls of [...descending, ...descending.toReversed()]) {
      const expected = amountsMatrix(cls, 6);
      const { matrix, prepared } = amounts.of(cls);
      expect([...matrix]).toEqual([...expected]);
      expect([...prepared]).toEqual([...student.prepare(expected, cls.arity)]);
    }
  });

  it('uses one memory from the first class to the last', () => {
    const amounts = new ClassAmounts(student, 6, longestList(whole));
    const seen = whole.classes.map((cls) => amounts.of(cls));
    expect(new Set(seen.map(({ matrix }) => matrix.buffer)).size).toBe(1);
    expect(new Set(seen.map(({ prepared }) => prepared.buffer)).size).toBe(1);
  });
});

it('a screener that takes over the amounts of another one finds what it finds alone', async () => {
  const other = space(['O', 'S', 'P', 'Fe']);
  const shared = new ClassAmounts(student, 6, longestList(whole));
  for (const one of [whole, other, other, whole]) {
    const range = { chunk: 0, start: 0, end: one.compositions };
    const alone = await new Screener(one, student, DEFAULT_LIMITS).screen(range, 'run', () => undefined);
    const after = new Screener(one, student, DEFAULT_LIMITS, undefined, shared);
    expect(await after.screen(range, 'run', () => undefined)).toEqual(alone);
  }
});

it('a class that was screened before is not taken for what another one left when it failed', async () => {
  let fails = false;
  const failing: StudentSession = {
    ...student,
    async encode(...systems) {
      const encoded = await student.encode(...systems);
      if (fails) throw new Error('out of memory');
      return encoded;
    },
  };
  const [first, second] = whole.classes.slice(-2).map(({ offset, systems, stoichiometries }) => ({
    chunk: 0,
    start: offset,
    end: offset + systems * stoichiometries,
  }));
  const screener = new Screener(whole, failing, DEFAULT_LIMITS);
  const screen = (range: typeof first) => screener.screen(range, 'run', () => undefined);
  const expected = await screen(first);
  fails = true;
  await expect(screen(second)).rejects.toThrow('out of memory');
  fails = false;
  expect(await screen(first)).toEqual(expected);
});

it('a class is listed again after another one failed', () => {
  const [one, other] = whole.classes.toSorted((a, b) => b.stoichiometries - a.stoichiometries);
  let fails = false;
  const failing: StudentSession = {
    ...student,
    prepare(...amounts) {
      if (fails) throw new Error('out of memory');
      return student.prepare(...amounts);
    },
  };
  const amounts = new ClassAmounts(failing, 6, longestList(whole));
  const expected = [...amounts.of(one).matrix];
  fails = true;
  expect(() => amounts.of(other)).toThrow('out of memory');
  fails = false;
  expect([...amounts.of(one).matrix]).toEqual(expected);
});

describe('RowMemory', () => {
  it('grows while a list is written into it', () => {
    const longest = whole.classes.reduce((a, b) => (b.stoichiometries > a.stoichiometries ? b : a));
    const memory = new RowMemory();
    const { buffer } = memory.rows(0);
    const listed = amountsMatrix(longest, 6, memory);
    expect(listed.length).toBe(longest.stoichiometries * longest.arity);
    expect(listed.buffer).not.toBe(buffer);
    expect([...listed]).toEqual([...amountsMatrix(longest, 6)]);
  });
});
