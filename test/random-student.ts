import { encodeStudentMetadata, STUDENT_SCHEMA } from '../shared/models/student-session.ts';
import { elementFeatures } from '../shared/student/element-features.ts';
import { initialWeights, type NetworkSize } from '../shared/student/network.ts';
import { exportStudent } from '../shared/student/student-graph.ts';

/** Metadata of a student that knows these elements. */
export function studentMetadata(symbols: readonly string[], labelsHash = '1'.repeat(64)): Record<string, string> {
  return encodeStudentMetadata({
    schema: STUDENT_SCHEMA,
    symbols: elementFeatures(symbols).symbols,
    mobileIon: 'Li',
    threshold: 0.5,
    teacherHash: '0'.repeat(64),
    labelsHash,
    metrics: {},
  });
}

/** Bytes of a real student with random weights, for tests that need scores but no chemistry. */
export function randomStudent(
  symbols: readonly string[],
  seed = 1,
  size: NetworkSize = { encoder: 16, first: 24, second: 8 },
  labelsHash?: string,
): Uint8Array {
  const features = elementFeatures(symbols);
  return exportStudent(features, initialWeights(features, size, seed), studentMetadata(symbols, labelsHash));
}
