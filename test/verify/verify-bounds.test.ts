import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEncoder, type SystemEncoder } from '../../shared/models/student-head.ts';
import { openStudent, type StudentSession } from '../../shared/models/student-session.ts';
import { buildSpace } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';
import { checkBounds } from '../../shared/verify/verify-bounds.ts';
import { randomStudent } from '../random-student.ts';

const ELEMENTS = ['O', 'P', 'S', 'Cl', 'Ge', 'La'];
const DEFINITION = { name: 'test', mobileIon: 'Li', elements: ELEMENTS, anions: ['O', 'S', 'Cl'], arity: [3, 5] };
const space = buildSpace(
  parseSpace(
    JSON.stringify({ ...DEFINITION, maxCoefficient: 9, minStateShare: 'seen', openShells: true }),
    'test.json',
  ),
);

let student: StudentSession;
let encoder: SystemEncoder;
beforeAll(async () => {
  const bytes = randomStudent(['Li', ...ELEMENTS]);
  student = await openStudent(bytes, 'student.onnx');
  encoder = await openEncoder(bytes, 'student.onnx');
});
afterAll(() => Promise.all([student.release(), encoder.release()]));

describe('systems that are bounded away', () => {
  const check = (threshold: number | null, logit: number) =>
    checkBounds(
      space,
      student,
      { encoder, pruning: { threshold, work: 0 } },
      { count: 8, seed: 1, rescore: () => logit },
    );

  it('are noticed where a composition of them reaches the threshold', async () => {
    const { spared, compositions, problems } = await check(1e6, 1e6);
    expect(spared).toBeGreaterThan(0);
    expect(problems).toHaveLength(compositions);
    expect(problems[0]).toMatch(/^Li\w+ is bounded away below 1000000, and its logit anew is 1000000$/);
  });

  it('are right where none does, and there are none without a threshold', async () => {
    expect(await check(1e6, 0)).toMatchObject({ problems: [] });
    expect(await check(null, 0)).toMatchObject({ spared: 0, problems: [] });
  });
});
