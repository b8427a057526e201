import { InputError } from '../errors.ts';
import { MAX_CHUNKS } from '../limits.ts';
import type { CompanionFile } from '../models/companions.ts';
import { isRunId, RUN_ID_LENGTH } from '../run-id.ts';

/** Keys of a run's objects in a store: the layout that users and both engines rely on. */

const CHUNK_DIGITS = String(MAX_CHUNKS - 1).length;

/** Files of a plan; `run.json` vouches for all but itself and `inputs.json` (where the files of a list are now), which have hashes of their own. */
export type PlanFile =
  | ('run.json' | 'student.onnx' | 'chunks.json')
  | ('classes.json' | 'systems.bin' | 'index.json')
  | ('list.json' | 'inputs.json')
  | CompanionFile;

export function planKey(runId: string, file: PlanFile): string {
  return `${runPrefix(runId)}plan/${file}`;
}

export function chunksPrefix(runId: string): string {
  return `${runPrefix(runId)}chunks/`;
}

export function chunkKey(runId: string, chunk: number): string {
  return `${chunksPrefix(runId)}${String(chunk).padStart(CHUNK_DIGITS, '0')}.bin`;
}

export function outputKey(runId: string, file: string): string {
  return `${runPrefix(runId)}${file}`;
}

/** The file that a process on this machine holds while it works at a run. */
export function lockKey(runId: string): string {
  return `${runPrefix(runId)}lock`;
}

/** Events name runs: a name that is no single folder would lead elsewhere. */
function runPrefix(runId: string): string {
  if (!isRunId(runId))
    throw new InputError(
      `${JSON.stringify(runId)} is no run`,
      { column: 'runId' },
      `A run has ${RUN_ID_LENGTH} hexadecimal digits.`,
    );
  return `runs/${runId}/`;
}

export const FIGURES = 'comparison.json';

export const PAGE = 'comparison.html';

/** Files of a comparison, which lie beside the outputs of the later run. */
export const COMPARISON_FILES = [FIGURES, PAGE] as const;
