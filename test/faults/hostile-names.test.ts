import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAssessHandler as createAssess } from '../../functions/assess.ts';
import { createLabelHandler as createLabel } from '../../functions/label-shard.ts';
import { createReduceHandler as createReduce } from '../../functions/reduce.ts';
import { createScreenHandler as createScreen } from '../../functions/screen-chunk.ts';
import { createSplitHandler as createSplit } from '../../functions/split-dataset.ts';
import { createTriggerHandler as createTrigger } from '../../functions/trigger.ts';
import { InputError, IntegrityError } from '../../shared/errors.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { storeInputs } from '../../shared/io/store/inputs.ts';
import { DISTILL_DEFAULTS } from '../../shared/student/distill-options.ts';
import { RecordedExecutions } from '../recorded-executions.ts';
import { runCli } from '../run-cli.ts';
import { fuzz } from './fuzz.ts';

const HOSTILE = [
  ...['..', '../', '../..', '../secret.json', '../../secret.json', '/etc/passwd', '//etc/passwd', './x', 'a/../../b'],
  ...['a/..', '..%2f..%2fsecret', '%2e%2e/secret', '..\\..\\secret', 'C:\\secret', 'file:///etc/passwd', '~/secret'],
  ...[
    '',
    ' ',
    '.',
    'a\0b',
    '\0',
    'a\nb',
    'a\rb',
    '\u202e',
    'a b',
    'x'.repeat(300),
    'x'.repeat(5000),
    'ñ',
    '．．/secret',
  ],
  ...[
    '$(id)',
    '`id`',
    '; rm -rf /',
    '{"a":1}',
    '__proto__',
    'constructor',
    '*',
    '?',
    'a/',
    '/a',
    'a//b',
    'runs/../secret',
  ],
];

let root: string;
let before: string[];
let store: DirectoryStore;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ionsieve-names-'));
  writeFileSync(join(root, 'secret.json'), '{"secret":true}');
  mkdirSync(join(root, 'store', 'secret'), { recursive: true });
  writeFileSync(join(root, 'store', 'secret', 'run.json'), '{"format":2}');
  store = new DirectoryStore(join(root, 'store'));
  before = files();
});
afterAll(() => rmSync(root, { recursive: true }));

function files(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
}

/** Ends in a refusal, and nothing was written. */
async function refuses(call: () => Promise<unknown>): Promise<string> {
  try {
    return `accepted: ${JSON.stringify(await call())}`;
  } catch (error) {
    return error instanceof InputError || error instanceof IntegrityError ? 'refused' : String(error);
  } finally {
    expect(files()).toEqual(before);
  }
}

const executions = new RecordedExecutions();
const settings = { seed: 1, distill: DISTILL_DEFAULTS };
const handlers = {
  trigger: createTrigger(async () => ({
    store,
    bucket: 'mine',
    defaultSpace: 'spaces/x.json',
    workflows: { screening: executions, retraining: executions },
  })),
  split: createSplit(async () => ({ store, settings })),
  label: createLabel(async () => ({ store })),
  assess: createAssess(async () => ({ store, settings, gate: {} }) as never),
  screen: createScreen(async () => ({ store, inputs: storeInputs(store), threads: 1, onScreened: () => undefined })),
  reduce: createReduce(async () => ({ store })),
};

describe('a name from outside', () => {
  it.each(HOSTILE)('leads nowhere as the key of a store: %j', async (name) => {
    const outcomes = await Promise.all(
      [
        () => store.get(`../${name}`),
        () => store.put(`../${name}`, new Uint8Array()),
        () => store.putIf(`../${name}`, new Uint8Array(), undefined),
        () => store.getRange(`../${name}`, 0, 1),
      ].map((call) => call().catch((error: unknown) => (error instanceof InputError ? 'refused' : String(error)))),
    );
    const stays = join(root, 'store', `../${name}`).startsWith(join(root, 'store', '/'));
    if (!stays) expect(new Set(outcomes)).toEqual(new Set(['refused']));
    expect(readFileSync(join(root, 'secret.json'), 'utf8')).toBe('{"secret":true}');
    expect(files()).toEqual(before);
  });

  it.each(HOSTILE)('is no run, job or dataset of another place: %j', async (name) => {
    expect(await refuses(() => handlers.screen({ runId: name, chunk: 0, start: 0, end: 1 }))).toBe('refused');
    expect(await refuses(() => handlers.screen({ runId: `../${name}`, chunk: 0, start: 0, end: 1 }))).toBe('refused');
    expect(await refuses(() => handlers.reduce({ runId: name }))).toBe('refused');
    expect(await refuses(() => handlers.assess({ jobId: name }))).toBe('refused');
    expect(await refuses(() => handlers.label({ jobId: name, shard: 0, files: [] }))).toBe('refused');
    expect(await refuses(() => handlers.split({ dataset: name }))).toBe('refused');
  });

  it.each(HOSTILE)('starts nothing as the key of an event: %j', async (name) => {
    for (const key of [
      name,
      `datasets/${name}/READY`,
      `datasets/${name}`,
      encodeURIComponent(`datasets/${name}/READY`),
    ]) {
      const detail = { bucket: { name: 'mine' }, object: { key, etag: 'x' } };
      const event = { source: 'aws.s3', time: '2026-01-01T00:00:00Z', detail };
      const answer = await handlers.trigger(event).catch((error: unknown) => error);
      if (!(answer instanceof InputError)) expect(answer).toMatchObject({ started: false });
    }
    for (const source of ['ionsieve.schedule', 'ionsieve.promotion', 'ionsieve.dataset']) {
      const event = { source, time: '2026-01-01T00:00:00Z', space: `spaces/${name}`, compositions: `datasets/${name}` };
      const answer = await handlers.trigger(event).catch((error: unknown) => error);
      if (!(answer instanceof InputError)) expect(answer).toMatchObject({ started: false });
    }
    expect(executions.states.size).toBe(0);
    expect(files()).toEqual(before);
  });
});

/** An archive with one file. */
function archive(name: string): Uint8Array {
  const header = Buffer.alloc(512);
  header.write(name, 0, 99);
  header.write('00000000006', 124);
  header.write('        0', 148);
  header.write('ustar', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return gzipSync(Buffer.concat([header, Buffer.from('data_x'.padEnd(512, '\0')), Buffer.alloc(1024)]));
}

describe('an archive of structures', () => {
  it.each(['../../evil.cif', '/tmp/evil.cif', 'cifs/../../../evil.cif', '..\\evil.cif', 'ab1.cif/../../evil.cif'])(
    'writes nothing outside of the folder asked for: %s',
    async (name) => {
      const folder = mkdtempSync(join(root, 'obelix-'));
      const header = 'ID,Reduced Composition,Ionic conductivity (S cm-1),Family,DOI,Cif ID';
      writeFileSync(join(folder, 'train.csv'), `${header}\nevil,Li2O,1e-4,x,,done\n`);
      writeFileSync(join(folder, 'train_cifs.tar.gz'), archive(name));
      const out = join(folder, 'out');
      const { code } = await runCli(folder, 'import', 'obelix', folder, '--out', out);
      expect(code === 0 || code === 2).toBe(true);
      const inside = join(basename(folder), 'out', 'cifs', 'evil.cif');
      expect(files().filter((path) => path.endsWith('.cif') && path !== inside)).toEqual([]);
      rmSync(folder, { recursive: true });
    },
  );
});

const json = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
};
const EVENTS = {
  trigger: [
    '{"source":"aws.s3","time":"2026-01-01T00:00:00Z","detail":{"bucket":{"name":"mine"},"object":{"key":"datasets/new/READY","etag":"x"}}}',
    '{"source":"ionsieve.schedule","time":"2026-01-01T00:00:00Z","top":5,"space":"spaces/x.json","criteria":{"exclude":["toxic"]}}',
    '{"source":"ionsieve.dataset","time":"2026-01-01T00:00:00Z","compositions":"datasets/list/"}',
  ],
  split: ['{"dataset":"new"}', '{"dataset":null}'],
  label: ['{"jobId":"0123456789abcdef","shard":0,"files":[{"key":"datasets/a/b.cif","size":3,"version":"1"}]}'],
  assess: ['{"jobId":"0123456789abcdef"}'],
  screen: ['{"runId":"0123456789abcdef0123","chunk":0,"start":0,"end":5}'],
  reduce: ['{"runId":"0123456789abcdef0123"}'],
};

for (const [name, corpus] of Object.entries(EVENTS) as [keyof typeof handlers, string[]][])
  fuzz({
    name: `event of ${name}`,
    inputs: name === 'trigger' ? 40_000 : 10_000,
    corpus,
    json: true,
    words: ['..', '/', '%2f', '\\u0000', 'null', '"READY"', '{', '}', '[', ']', '__proto__'],
    read: (bytes): Promise<unknown> => handlers[name](json(bytes)),
    problem: (answer) =>
      (answer as { started?: boolean }).started === false ? undefined : `the answer is ${JSON.stringify(answer)}`,
  });
