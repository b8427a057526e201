import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PromoteReceipt } from '../../functions/promote.ts';
import { type ConditionalStore, readObject } from '../../shared/io/store/store.ts';
import { loadCurrentStudent } from '../../shared/models/current-student.ts';
import type { Shard } from '../../shared/retraining/shards.ts';
import type { TrainingItem } from '../../shared/retraining/training-job.ts';
import { deployedStore, deployInto, Retraining } from '../retraining-runs.ts';
import { HostileProxy } from './hostile-proxy.ts';
import { clientAt, S3Server, storeAt } from './s3-server.ts';
import { SEED } from './seed.ts';
import { retried } from './stored-runs.ts';

const SHORT = process.env.IONSIEVE_FAULTS === 'short';
const FIRST_SEED = 1000 * SEED;
const JOBS = SHORT ? 2 : 24;
const SHARE = 0.1; // of requests that are disturbed
const AT_ONCE = 3; // jobs
const NAMED = /s3:\/\/bucket-\d+\/\S|(models|labels|teacher|datasets|retrain)\/\S+/;

let server: S3Server;
let proxy: HostileProxy;
let url: string;
let root: string;
let right: string | undefined; // SHA-256 of the student that comes out over a directory

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-hostile-'));
  const store = await deployedStore(join(root, 'right'));
  await upload(store);
  right = (await retrain(store)).hash;
  server = await S3Server.start();
  proxy = new HostileProxy(server.url);
  url = await proxy.listen();
});
afterAll(async () => {
  proxy?.close();
  await server?.stop();
  if (root) await rm(root, { recursive: true });
});

async function upload(store: ConditionalStore): Promise<void> {
  for (const [i, edge] of [3, 3.2, 3.4, 3.6].entries()) {
    const text = `LiCl\n1\n${edge} 0 0\n0 ${edge} 0\n0 0 ${edge}\nLi Cl\n1 1\nDirect\n0 0 0\n.5 .5 .5\n`;
    await store.put(`datasets/mine/${i}.vasp`, Buffer.from(text));
  }
  await store.put('datasets/mine/READY', Buffer.of());
}

/** The steps of the workflow, each tried again as the state machine does. */
async function retrain(store: ConditionalStore): Promise<PromoteReceipt> {
  const steps = new Retraining(store);
  const split = await retried(() => steps.split('mine'));
  for (const shard of await retried(() => list<Shard>(store, split.shardList))) await retried(() => steps.label(shard));
  const { jobId, trainingList } = await retried(() => steps.collect(split.jobId));
  for (const item of await retried(() => list<TrainingItem>(store, trainingList)))
    await retried(() => steps.train(item));
  const verdict = await retried(() => steps.assess(jobId));
  return retried(() => steps.promote(verdict));
}

/** A list as the map reads it. */
async function list<T>(store: ConditionalStore, key: string): Promise<T[]> {
  return JSON.parse(Buffer.from(await readObject(store, key)).toString());
}

async function job(seed: number): Promise<string> {
  const { name, store } = await server.bucket();
  await deployInto(store);
  await upload(store);
  const client = clientAt(url);
  try {
    proxy.disturb(name, { seed, share: SHARE });
    const { promoted, reason } = await retrain(storeAt(client, name)).catch((error: Error) => ({
      promoted: false,
      reason: `${error.name}: ${error.message}`,
    }));
    const hash = (await loadCurrentStudent(store))?.current.hash;
    if (hash !== undefined || promoted) expect(hash, `seed ${seed}`).toBe(right);
    if (!promoted) expect(reason, `seed ${seed}`).toMatch(NAMED);
    return promoted ? 'promoted' : (/^\w+Error/.exec(reason)?.[0] ?? 'not promoted');
  } finally {
    client.destroy();
  }
}

it(`a retraining over a store that fails promotes the right student or names the object, ${JOBS} times`, async () => {
  const left = Array.from({ length: JOBS }, (_, i) => FIRST_SEED + i);
  const seen: Record<string, number> = {};
  const work = async (): Promise<void> => {
    for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
      const ending = await job(seed);
      seen[ending] = (seen[ending] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  process.stdout.write(`${JSON.stringify({ seen, injected: Object.fromEntries(proxy.injected) })}\n`);
});
