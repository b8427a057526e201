import { fileURLToPath } from 'node:url';
import { findStudent } from '../../local/shipped/students.ts';
import type { RunOptions } from '../../shared/screen/run-options.ts';
import { type MeasuredProcess, runMeasured } from '../measured-process.ts';
import type { BenchContext } from '../part.ts';

const STAGE = fileURLToPath(new URL('./stage.js', import.meta.url));

/** Run one stage on a store in a process of its own. */
export async function runStage<R>(
  stage: 'plan' | 'reduce',
  directory: string,
  event: unknown,
): Promise<MeasuredProcess & { readonly receipt: R }> {
  const process = await runMeasured(STAGE, [stage, directory, JSON.stringify(event)]);
  return { ...process, receipt: JSON.parse(process.stdout) as R };
}

/** The event that plans a run with all that the command line gives it. */
export function planEvent({ studentOption }: BenchContext, space: string, options: Partial<RunOptions> = {}) {
  const { student, labels } = findStudent(studentOption);
  return { space, student, labels, ...options };
}
