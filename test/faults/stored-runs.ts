import { gzipSync } from 'node:zlib';
import { createPlanHandler as createPlan, type PlanEvent } from '../../functions/plan.ts';
import { createReduceHandler as createReduce } from '../../functions/reduce.ts';
import { createScreenHandler as createScreen } from '../../functions/screen-chunk.ts';
import { OTHER_RETRY } from '../../shared/cost/retries.ts';
import { sha256 } from '../../shared/hash.ts';
import { storeInputs } from '../../shared/io/store/inputs.ts';
import { type ConditionalStore, readObject } from '../../shared/io/store/store.ts';
import { CURRENT_STUDENT_KEY, encodeCurrentStudent, studentKey } from '../../shared/models/current-student.ts';
import type { PlanReceipt } from '../../shared/planning/plan-run.ts';
import type { ScreenEvent } from '../../shared/runs/chunk-screening.ts';
import { outputKey } from '../../shared/runs/run-keys.ts';
import { randomStudent } from '../random-student.ts';
import { COMMITTEE, KNOWN, LABELS, LABELS_HASH, SPACE } from '../small-run.ts';

/** Screenings by the functions' own handlers over a store, tried again as the state machine does, but at once. */

export const CHUNKS = 6;

/** Two students that may be in use. */
export const STUDENTS = [3, 4].map((seed) => randomStudent(KNOWN, seed, undefined, LABELS_HASH));

/** Put in place what a stage has before its first screening. */
export async function equip(store: ConditionalStore): Promise<void> {
  await store.put('spaces/test.json', Buffer.from(JSON.stringify(SPACE)));
  for (const student of STUDENTS) {
    const hash = sha256(student);
    await store.put(studentKey(hash, 'committee.onnx'), COMMITTEE);
    await store.put(studentKey(hash, 'labels.csv.gz'), gzipSync(LABELS));
    await store.put(studentKey(hash, 'student.onnx'), student);
  }
}

/** Put a student into use. */
export async function use(store: ConditionalStore, student: Uint8Array): Promise<void> {
  const hash = sha256(student);
  const key = studentKey(hash, 'student.onnx');
  const hashes = { hash, teacherHash: '0'.repeat(64), labelsHash: LABELS_HASH };
  const current = { student: key, ...hashes, averagePrecision: 0.5, previous: null };
  await store.put(CURRENT_STUDENT_KEY, encodeCurrentStudent(current));
}

const AT_ONCE = 3; // chunks

/** The functions of a screening, each warm from one invocation to the next. An environment has one invocation at a time. */
export class Screening {
  readonly plan: (event: PlanEvent) => Promise<PlanReceipt>;
  readonly environments: readonly ReturnType<typeof createScreen>[];
  readonly reduce: ReturnType<typeof createReduce>;
  private readonly store: ConditionalStore;

  constructor(store: ConditionalStore) {
    this.store = store;
    const inputs = storeInputs(store);
    const plan = createPlan(async () => ({ store, inputs, claim: async () => undefined, spendingLimit: null }));
    this.plan = (event) => plan({ space: 'spaces/test.json', top: 40, perSystem: 2, chunks: CHUNKS, ...event });
    const runtime = { store, inputs, threads: 1, onScreened: () => undefined };
    this.environments = Array.from({ length: AT_ONCE }, () => createScreen(async () => runtime));
    this.reduce = createReduce(async () => ({ store }));
  }

  /** The chunks of a plan, as the map reads them. */
  async items({ chunkList }: PlanReceipt): Promise<ScreenEvent[]> {
    return JSON.parse(Buffer.from(await readObject(this.store, chunkList)).toString());
  }

  /** Plan, screen and reduce. @returns the run's id */
  async run(event: PlanEvent = {}): Promise<string> {
    const plan = await retried(() => this.plan(event));
    if (plan.finished) return plan.runId;
    const items = await retried(() => this.items(plan));
    const work = async (screen: ReturnType<typeof createScreen>): Promise<void> => {
      for (let item = items.shift(); item !== undefined; item = items.shift()) {
        const chunk = item;
        await retried(() => screen(chunk));
      }
    };
    await Promise.all(this.environments.map(work));
    await retried(() => this.reduce({ runId: plan.runId }));
    return plan.runId;
  }
}

/** Try again what may pass, as often as the state machines do. */
export async function retried<T>(invoke: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await invoke();
    } catch (error) {
      const isFinal = ['InputError', 'IntegrityError'].includes((error as Error).name);
      if (isFinal || tries === OTHER_RETRY.maxAttempts) throw error;
    }
  }
}

const OUTPUTS = ['ranking.csv', 'ranking.parquet', 'summary.json', 'report.html', 'receipt.json'];

/** Bytes of all outputs of a run as one text, or undefined if it is not finished. */
export async function outputsOf(store: ConditionalStore, runId: string): Promise<string | undefined> {
  const files = await Promise.all(OUTPUTS.map((file) => store.get(outputKey(runId, file))));
  if (files.at(-1) === undefined) return undefined;
  return files.map((bytes) => Buffer.from(bytes ?? []).toString('latin1')).join('\n\n');
}
