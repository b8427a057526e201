import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { putFirst } from '../../shared/io/store/store.ts';
import { type Disturbance, FAULTS, type Fault, HostileProxy } from './hostile-proxy.ts';
import { clientAt, S3Server, storeAt } from './s3-server.ts';
import { SEED } from './seed.ts';
import { equip, outputsOf, Screening, STUDENTS, use } from './stored-runs.ts';

const SHORT = process.env.IONSIEVE_FAULTS === 'short';
const FIRST_SEED = 1000 * SEED;
const RUNS = SHORT ? 5 : 80;
const SORE_RUNS = SHORT ? 4 : 60;
const SHARE = 0.12; // of requests that are disturbed
const AT_ONCE = 6; // runs; they mostly wait

/** What an error must name: an object, a prefix or a chunk. */
const NAMED = /s3:\/\/bucket-\d+\/\S|(models|spaces|runs)\/\S+|chunk \d+/;

let server: S3Server;
let proxy: HostileProxy;
let url: string;
let root: string;
/** Outputs by run id, over a directory. */
const right = new Map<string, string>();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-hostile-'));
  for (const [i, student] of STUDENTS.entries()) {
    const store = new DirectoryStore(join(root, String(i)));
    await equip(store);
    await use(store, student);
    const runId = await new Screening(store).run();
    right.set(runId, (await outputsOf(store, runId)) as string);
  }
  server = await S3Server.start();
  proxy = new HostileProxy(server.url);
  url = await proxy.listen();
});
afterAll(async () => {
  proxy?.close();
  await server?.stop();
  if (root) await rm(root, { recursive: true });
});

/** The right ranking, or an error that names the object. */
type Ending = 'right' | `${string}Error`;

/** One run through the proxy, then one without faults that goes on where it was. */
async function run(disturbance: Disturbance): Promise<Ending> {
  const { name, store } = await server.bucket();
  const client = clientAt(url);
  const hostile = storeAt(client, name);
  try {
    await equip(hostile); // through the proxy, which then knows what was there before
    for (const student of STUDENTS) await use(hostile, student);
    proxy.disturb(name, disturbance);
    const ending = await new Screening(hostile).run().then(
      () => 'right' as const,
      (error: Error) => {
        expect(error.message, `${JSON.stringify(disturbance)}: ${error.stack}`).toMatch(NAMED);
        return error.name as Ending;
      },
    );
    const finished = await checkOutputs(store, disturbance);
    if (ending === 'right') expect(finished).toBeGreaterThan(0);
    proxy.disturb(name);
    await new Screening(hostile).run();
    expect(await checkOutputs(store, disturbance)).toBeGreaterThan(0);
    return ending;
  } finally {
    client.destroy();
  }
}

/** Whatever run is finished has the very outputs that it has over a directory. @returns how many are */
async function checkOutputs(store: ReturnType<typeof storeAt>, { seed }: Disturbance): Promise<number> {
  let finished = 0;
  const runs = (await store.list('runs/')).map((key) => key.split('/')[1]);
  for (const runId of new Set(runs)) {
    const outputs = await outputsOf(store, runId);
    if (outputs === undefined) continue;
    expect(right.get(runId) === outputs, `seed ${seed}: run ${runId} has a wrong ranking`).toBe(true);
    finished++;
  }
  return finished;
}

/** Several at once; what is seen is printed. */
async function runAll(disturbances: readonly Disturbance[]): Promise<void> {
  const left = [...disturbances];
  const seen: Record<string, number> = {};
  proxy.injected.clear();
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const ending = await run(next);
      seen[ending] = (seen[ending] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  process.stdout.write(`${JSON.stringify({ seen, injected: Object.fromEntries(proxy.injected) })}\n`);
}

const ANYWHERE: readonly Fault[] = ['slow down', 'error', 'unreadable error', 'reset', 'lost answer', 'delay', 'hang'];
const IN_ANSWERS: readonly Fault[] = ['truncated', 'cut'];
const content = Buffer.from('some bytes of an object');

/** A bucket with one object, reached through the proxy. */
async function disturbed(fault: Fault, times?: number) {
  const { name, store } = await server.bucket();
  await store.put('a/b', content);
  const client = clientAt(url);
  proxy.injected.clear();
  proxy.disturb(name, { seed: FIRST_SEED, share: 0, sore: { object: /./, fault, times } });
  return { hostile: storeAt(client, name), store, client };
}

describe('a request', () => {
  it.each([...ANYWHERE, ...IN_ANSWERS, 'flipped' as const])(
    'to read an object is made again after: %s',
    async (fault) => {
      const { hostile, client } = await disturbed(fault, 1);
      expect(Buffer.from((await hostile.get('a/b')) as Uint8Array)).toEqual(content);
      expect(proxy.injected.get(fault)).toBe(1);
      client.destroy();
    },
  );

  it.each([...ANYWHERE, ...IN_ANSWERS])('to list keys is made again after: %s', async (fault) => {
    const { hostile, client } = await disturbed(fault, 1);
    expect(await hostile.list('a/')).toEqual(['a/b']);
    expect(proxy.injected.get(fault)).toBe(1);
    client.destroy();
  });

  it.each([...ANYWHERE, 'flipped write' as const, 'twice' as const])(
    'to write is made again after: %s',
    async (fault) => {
      const { hostile, store, client } = await disturbed(fault, 1);
      await hostile.put('a/b', Buffer.from('other bytes'));
      expect(Buffer.from((await store.get('a/b')) as Uint8Array).toString()).toBe('other bytes');
      expect(Buffer.from(await putFirst(hostile, 'a/c', content))).toEqual(content);
      client.destroy();
    },
  );

  const patient: readonly Fault[] = SHORT ? [] : ['slow down', 'hang']; // 10 s each
  it.each([...patient, 'unreadable error', 'reset', 'truncated', 'flipped'] as const)(
    'that always meets this ends in an error that names the object, after a bounded number of tries: %s',
    async (fault) => {
      const { hostile, client } = await disturbed(fault);
      await expect(hostile.get('a/b')).rejects.toThrow(/^s3:\/\/bucket-\d+\/a\/b: the store gave no usable answer \(/);
      expect(proxy.injected.get(fault)).toBeGreaterThan(3);
      expect(proxy.injected.get(fault)).toBeLessThanOrEqual(5);
      client.destroy();
    },
  );

  it('says the status of an answer that is no XML', async () => {
    const { hostile, client } = await disturbed('unreadable error');
    await expect(hostile.get('a/b')).rejects.toThrow(/a\/b: .*status 500/);
    client.destroy();
  });
});

describe('a run over a store that fails', () => {
  it(`anywhere ends in the right ranking or in an error that names the object, ${RUNS} times`, async () => {
    await runAll(Array.from({ length: RUNS }, (_, i) => ({ seed: FIRST_SEED + i, share: SHARE })));
    if (!SHORT) expect([...proxy.injected.keys()].sort()).toEqual([...FAULTS].sort());
  });

  /** Objects that every screening needs. */
  const OBJECTS = [
    ...['run.json', 'chunks.json', 'index.json', 'systems.bin', 'classes.json', 'student.onnx', 'committee.onnx'],
    ...['labels.csv.gz', 'current.json', '000003.bin', 'test.json', 'receipt.json'],
  ];
  const LASTING: readonly Fault[] = [
    'slow down',
    'unreadable error',
    'truncated',
    'cut',
    'flipped',
    'stale',
    'missing',
  ];

  it(`always at one object ends so too, ${SORE_RUNS} times`, async () => {
    const disturbances = Array.from({ length: SORE_RUNS }, (_, i) => {
      const name = OBJECTS[i % OBJECTS.length];
      const object = new RegExp(`/${name.replaceAll('.', '\\.')}$`);
      const any = LASTING[(i + Math.floor(i / OBJECTS.length)) % LASTING.length];
      const fault = any === 'stale' && name !== 'current.json' ? 'missing' : any; // of the others there is no older version
      return { seed: FIRST_SEED + i, share: 0, sore: { object, fault } };
    });
    await runAll(disturbances);
    const asked = new Set(disturbances.map(({ sore }) => sore.fault));
    expect([...proxy.injected.keys()].sort()).toEqual([...asked].sort());
  });
});
