import { expect, it } from 'vitest';
import { flopPerComposition, openParts, preparedCalls, studentParts } from '../../bench/prepared-calls.ts';
import { openStudent, tableRows } from '../../shared/models/student-session.ts';
import { type Batch, batchesOf } from '../../shared/screen/blocks.ts';
import { amountsMatrix, buildSpace } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';
import { randomStudent } from '../random-student.ts';

const DEFINITION = {
  name: 'test',
  mobileIon: 'Li',
  elements: ['O', 'P', 'S', 'Cl'],
  anions: ['O', 'S', 'Cl'],
  arity: [3, 3],
  maxCoefficient: 6,
};
const bytes = randomStudent(['Li', 'O', 'P', 'S', 'Cl'], 1, { encoder: 5, first: 3, second: 2 });

it('counts a multiplication and an addition for each weight that a composition meets', () => {
  const { shape } = studentParts(bytes, 'random').second.weights;
  // 4 elements by 3 units, 3 by 2, 2 by 1
  expect(flopPerComposition(shape, 4)).toBe(2 * (12 + 6 + 2));
});

it('prepares the calls of a run: every composition once, with the logits of the student', async () => {
  const space = buildSpace(parseSpace(JSON.stringify(DEFINITION), 'test'));
  const student = await openStudent(bytes, 'random');
  const opened = await openParts(bytes, 'random');
  const batches = [...batchesOf(space.classes, 0, space.compositions)];
  for await (const call of preparedCalls(space, student, opened, { chunk: 0, start: 0, end: space.compositions })) {
    const batch = batches.shift() as Batch;
    const { arity, systemsOffset } = space.classes[batch.classNumber];
    const from = systemsOffset + batch.firstSystem * arity;
    const rows = tableRows(student, space.systems.subarray(from, from + batch.systems * arity));
    const amounts = Float32Array.from(amountsMatrix(space.classes[batch.classNumber], DEFINITION.maxCoefficient));
    const expected = (await student.logits(rows, amounts, batch.systems, batch.stoichiometries)).toSorted();
    await opened.head.run(call.inputs, call.results);
    const { data } = call.results[opened.parts.logits];
    expect(call.compositions).toBe(expected.length);
    (data as Float32Array).toSorted().forEach((logit, i) => {
      expect(logit).toBeCloseTo(expected[i], 5);
    });
  }
  expect(batches).toEqual([]);
  await Promise.all([student.release(), opened.encoder.release(), opened.head.release()]);
});
