import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEncoder } from '../../shared/models/student-head.ts';
import { openStudent } from '../../shared/models/student-session.ts';
import { planPruning } from '../../shared/pruning/plan-pruning.ts';
import type { BoundedStudent } from '../../shared/pruning/pruning.ts';
import { samplePruning } from '../../shared/pruning/sample-pruning.ts';
import { buildSpace } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';
import { randomStudent } from '../random-student.ts';

const ELEMENTS = ['P', 'O', 'S', 'Cl', 'Ge', 'La', 'B', 'Br'];
const ANIONS = { anions: ['O', 'S', 'Cl', 'Br'], arity: [3, 5], maxCoefficient: 9 };
const definition = { name: 'test', mobileIon: 'Li', elements: ELEMENTS, ...ANIONS };
const space = buildSpace(parseSpace(JSON.stringify(definition), 'test'));
const limits = { top: 40, perSystem: 2 };

let bounded: BoundedStudent;

beforeAll(async () => {
  const bytes = randomStudent(['Li', ...ELEMENTS], 3);
  bounded = { student: await openStudent(bytes, 'student', 1), encoder: await openEncoder(bytes, 'student') };
});
afterAll(() => Promise.all([bounded.student.release(), bounded.encoder.release()]));

describe('bounds by a sample of the systems', () => {
  it('are those of planning where the sample is all of them', async () => {
    const { threshold, work } = await planPruning(space, bounded, limits);
    expect(await samplePruning(space, bounded, limits, 1e6)).toEqual({ threshold, work });
  });

  it('have about the threshold of planning, and the work for as many compositions', async () => {
    const { threshold, work } = await planPruning(space, bounded, limits);
    const systems = space.classes.reduce((sum, cls) => sum + cls.systems, 0);
    const sampled = await samplePruning(space, bounded, limits, systems / 2);
    expect(Math.abs((sampled.threshold ?? 0) - (threshold ?? 0))).toBeLessThan(1);
    expect(sampled.work / work).toBeGreaterThan(0.5);
    expect(sampled.work / work).toBeLessThan(2);
  });

  it('are the same every time', async () => {
    const sample = () => samplePruning(space, bounded, limits, 30);
    expect(await sample()).toEqual(await sample());
  });
});
