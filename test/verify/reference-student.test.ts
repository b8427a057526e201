import { expect, it } from 'vitest';
import { openStudent } from '../../shared/models/student-session.ts';
import { elementFeatures } from '../../shared/student/element-features.ts';
import { forward, initialWeights } from '../../shared/student/network.ts';
import { referenceStudent } from '../../shared/verify/reference-student.ts';
import { randomStudent } from '../random-student.ts';

const SYMBOLS = ['Li', 'O', 'P', 'S', 'Cl'];
const SIZE = { encoder: 16, first: 24, second: 8 };
const compositions = [
  { atomicNumbers: [3, 8], amounts: [2, 1] },
  { atomicNumbers: [3, 15, 16], amounts: [3, 1, 4] },
  { atomicNumbers: [3, 8, 15, 16, 17], amounts: [6, 0.5, 1, 4.5, 1] },
];

it('computes from the constants of a graph what the network computes from its weights', () => {
  const features = elementFeatures(SYMBOLS);
  const weights = initialWeights(features, SIZE, 1);
  const reference = referenceStudent(randomStudent(SYMBOLS, 1, SIZE), 'student.onnx');
  for (const composition of compositions) {
    const rows = composition.atomicNumbers.map((z) => features.rowByAtomicNumber[z]);
    expect(reference(rows, composition.amounts)).toBeCloseTo(forward(features, weights, composition), 5);
  }
});

it('agrees with ONNX Runtime', async () => {
  const bytes = randomStudent(SYMBOLS, 2, SIZE);
  const student = await openStudent(bytes, 'student.onnx');
  const reference = referenceStudent(bytes, 'student.onnx');
  for (const { atomicNumbers, amounts } of compositions) {
    const rows = atomicNumbers.map((z) => student.rowOf(z));
    const [logit] = await student.logits(BigInt64Array.from(rows, BigInt), Float32Array.from(amounts), 1, 1);
    expect(reference(rows, amounts)).toBeCloseTo(logit, 5);
  }
  await student.release();
});
