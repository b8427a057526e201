import { describe, expect, it } from 'vitest';
import { atomicNumber } from '../../shared/chemistry/elements.ts';
import { composition } from '../../shared/chemistry/formula.ts';
import { openStudent } from '../../shared/models/student-session.ts';
import { createRandom, randomInteger } from '../../shared/random.ts';
import { elementFeatures } from '../../shared/student/element-features.ts';
import { forward, initialWeights } from '../../shared/student/network.ts';
import { exportStudent } from '../../shared/student/student-graph.ts';
import { randomStudent } from '../random-student.ts';

const SYMBOLS = ['Li', 'B', 'O', 'F', 'Na', 'Al', 'P', 'S', 'Cl', 'Ti', 'La'];
const features = elementFeatures(SYMBOLS);
const SIZE = { encoder: 16, first: 24, second: 8 };
const weights = initialWeights(features, SIZE, 7);
const model = randomStudent(SYMBOLS, 7, SIZE);

describe('student graph', () => {
  it.each([1, 2, 3, 5, 6])(
    'agrees with the reference forward pass within 1e-5 for systems of %i elements',
    async (k) => {
      const student = await openStudent(model, 'student.onnx');
      const random = createRandom(k);
      const systems = Array.from({ length: 4 }, (_, s) =>
        Array.from({ length: k }, (_, e) => (s + 2 * e) % SYMBOLS.length),
      );
      const amounts = Array.from({ length: 7 }, () => Array.from({ length: k }, () => 1 + randomInteger(random, 8)));
      const logits = await student.logits(
        BigInt64Array.from(systems.flat(), BigInt),
        Float32Array.from(amounts.flat()),
        4,
        7,
      );
      for (let s = 0; s < 4; s++) {
        for (let v = 0; v < 7; v++) {
          const numbers = systems[s].map((row) => atomicNumber(features.symbols[row]) as number);
          expect(
            Math.abs(logits[s * 7 + v] - forward(features, weights, composition(numbers, amounts[v]))),
          ).toBeLessThan(1e-5);
        }
      }
      await student.release();
    },
  );

  it('is the same bytes for the same weights', () => {
    const again = exportStudent(features, initialWeights(features, SIZE, 7), {});
    expect(again).toEqual(exportStudent(features, weights, {}));
  });
});
