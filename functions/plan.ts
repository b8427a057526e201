import { basename } from 'node:path';
import { InputError } from '../shared/errors.ts';
import type { ObjectStore } from '../shared/io/store.ts';
import { openStudent, type StudentSession } from '../shared/onnx/student-session.ts';
import { cutIntoChunks, defaultChunkCount } from '../shared/screen/batches.ts';
import { checkStudent } from '../shared/screen/check-student.ts';
import type { RankingLimits } from '../shared/screen/chunk-accumulator.ts';
import { MAX_CHUNKS } from '../shared/screen/run-keys.ts';
import { type RunPlan, runIdOf } from '../shared/screen/run-plan.ts';
import { loadRunRecord, storePlan } from '../shared/screen/run-store.ts';
import { buildSpace } from '../shared/space/space.ts';
import { parseSpace, type SpaceDefinition } from '../shared/space/space-file.ts';
import { readEvent } from './events.ts';
import { once } from './once.ts';

/** What planning a run needs. */
export interface PlanRuntime {
  /** Holds the runs. */
  readonly store: ObjectStore;
  /** All bytes of an input file; throws {@link InputError} if there is none. */
  readonly readInput: (name: string) => Promise<Uint8Array>;
  /** Told which run it is before anything is stored; throws if that run is taken. */
  readonly claim: (runId: string) => Promise<void>;
}

/** A run to plan. */
export interface PlanEvent extends RankingLimits {
  readonly space: string; // name of the space file
  readonly student: string; // name of the model file
  readonly chunks: number; // wanted; 0 = by the size of the space
}

/** What was planned. */
export interface PlanReceipt {
  readonly runId: string;
  readonly chunks: number;
  readonly compositions: number;
  readonly resumed: boolean; // the plan was there already, and it keeps its chunks
}

/** Parse, plan, store, acknowledge. A run that is planned keeps its plan, so retries are safe. */
export function createHandler(load: () => Promise<PlanRuntime>): (event: unknown) => Promise<PlanReceipt> {
  const runtime = once(load);
  return async (event) => {
    const request = parsePlanEvent(event);
    const { store, readInput, claim } = await runtime();
    const definition = parseSpace(Buffer.from(await readInput(request.space)).toString(), request.space);
    const studentBytes = await readInput(request.student);
    const student = await openStudent(studentBytes, request.student, 1);
    try {
      checkStudent(student, definition, request.space);
      const runId = runIdOf(definition, student.hash, request);
      await claim(runId);
      const planned = await loadRunRecord(store, runId);
      if (planned !== undefined)
        return { runId, chunks: planned.counts.chunks, compositions: planned.counts.compositions, resumed: true };
      const plan = makePlan(runId, definition, student, request);
      await storePlan(store, { plan, studentBytes });
      return { runId, chunks: plan.chunks.length, compositions: plan.space.compositions, resumed: false };
    } finally {
      await student.release();
    }
  };
}

function makePlan(runId: string, definition: SpaceDefinition, student: StudentSession, request: PlanEvent): RunPlan {
  const space = buildSpace(definition, request.space);
  const chunks = cutIntoChunks(space.classes, request.chunks || defaultChunkCount(space.compositions));
  return {
    runId,
    space,
    student: { name: basename(request.student), hash: student.hash, threshold: student.metadata.threshold },
    limits: { top: request.top, perSystem: request.perSystem },
    chunks,
  };
}

function parsePlanEvent(event: unknown): PlanEvent {
  const fields = readEvent(event, 'plan');
  const chunks = fields.integer('chunks', 0);
  if (chunks > MAX_CHUNKS)
    throw new InputError(`${chunks} chunks are more than ${MAX_CHUNKS}`, { column: 'chunks' }, 'Ask for fewer.');
  return {
    space: fields.text('space'),
    student: fields.text('student'),
    top: fields.integer('top', 1),
    perSystem: fields.integer('perSystem', 1),
    chunks,
  };
}
