import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../shared/hash.ts';
import { decodeArrays, encodeArrays } from '../../shared/io/store/array-file.ts';
import { foldTask } from '../../shared/student/distill.ts';
import { DISTILL_DEFAULTS, parseDistillSettings } from '../../shared/student/distill-options.ts';
import { Distillation, type DistillationTask, type DistilledStudent } from '../../shared/student/distillation.ts';
import { prepareTrainingSet } from '../../shared/student/training-set.ts';
import { hasSoftAnion, SHIPPED_TEACHER, someLabels } from '../small-labels.ts';

const SETTINGS = parseDistillSettings(
  JSON.stringify({
    folds: 3,
    made: 300,
    neutral: 60,
    forest: { trees: 5 },
    training: { size: { encoder: 8, first: 12, second: 6 }, steps: 12, batch: 64 },
  }),
  'settings',
);
const STEPS = 5 + 12; // trees and batches

let task: DistillationTask;
beforeAll(async () => {
  const teacher = { file: SHIPPED_TEACHER, text: readFileSync(SHIPPED_TEACHER, 'utf8') };
  const { ionic, features, options } = prepareTrainingSet(
    { file: 'soft.csv', text: await someLabels(hasSoftAnion) },
    teacher,
    1,
    SETTINGS,
  );
  task = foldTask(ionic, features, 1, options);
});

/** Distill, leaving off after each of the given steps and going on from the bytes of the checkpoint. */
async function distillStopping(stops: readonly number[]): Promise<DistilledStudent> {
  let distillation = await Distillation.open(task);
  for (let step = 1; !distillation.done; step++) {
    await distillation.step();
    if (!stops.includes(step)) continue;
    const bytes = encodeArrays(distillation.checkpoint());
    await distillation.release();
    distillation = await Distillation.open(task, decodeArrays(bytes, 'checkpoint'));
  }
  await distillation.release();
  return distillation.result();
}

describe('a distillation', () => {
  it('gives the very same student wherever it is stopped and resumed', async () => {
    const whole = await distillStopping([]);
    for (let step = 1; step <= STEPS; step++) expect(await distillStopping([step])).toEqual(whole);
    expect(await distillStopping(Array.from({ length: STEPS }, (_, i) => i + 1))).toEqual(whole);
  });

  it('has no result before it is done', async () => {
    const distillation = await Distillation.open(task);
    expect(() => distillation.result()).toThrow('not done');
    await distillation.release();
  });
});

describe('a checkpoint', () => {
  const file = { header: { step: 3 }, arrays: { a: Float32Array.of(1, 2, 3), b: Float64Array.of(Math.PI) } };

  it('comes back as it was, from bytes at any offset', () => {
    const bytes = encodeArrays({ ...file, arrays: { ...file.arrays, c: Uint32Array.of(7), d: Int32Array.of(-7) } });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const read = decodeArrays(shifted.subarray(3), 'x');
    expect(read.header).toEqual({ step: 3 });
    expect(read.arrays).toEqual({ ...file.arrays, c: Uint32Array.of(7), d: Int32Array.of(-7) });
  });

  it('is refused when it is damaged or cut off', () => {
    const bytes = encodeArrays(file);
    bytes[bytes.length - 1] ^= 1;
    expect(() => decodeArrays(bytes, 'x.ckpt')).toThrow('x.ckpt: its checksum does not match its content');
    expect(() => decodeArrays(bytes.subarray(0, 60), 'x.ckpt')).toThrow('checksum');
    expect(() => decodeArrays(new Uint8Array(60), 'x.ckpt')).toThrow('x.ckpt: it is no file of arrays');
  });
});

describe('a checkpoint whose list is not as expected', () => {
  const listing = (json: object): Uint8Array => {
    const text = Buffer.from(JSON.stringify(json));
    const content = Buffer.concat([Buffer.from(Uint32Array.of(text.length).buffer), text]);
    return Buffer.concat([Buffer.from('IONARRAY'), Buffer.from(sha256(content), 'hex'), content]);
  };
  const entry = { name: 'a', type: 'Float32Array', length: 0 };

  it('is refused by the place in it', () => {
    expect(decodeArrays(listing({ header: { step: 1 }, entries: [] }), 'x')).toEqual({
      header: { step: 1 },
      arrays: {},
    });
    expect(() => decodeArrays(listing({ header: {}, entries: [{ ...entry, type: 'Array' }] }), 'x.ckpt')).toThrow(
      'x.ckpt:entries[0].type: "Array" is not one of Float32Array',
    );
    expect(() => decodeArrays(listing({ header: {}, entries: [{ ...entry, length: -1 }] }), 'x.ckpt')).toThrow(
      'x.ckpt:entries[0].length: -1 is not an integer >= 0',
    );
    expect(() => decodeArrays(listing({ entries: [] }), 'x.ckpt')).toThrow('x.ckpt:header: header is missing');
    expect(() => decodeArrays(listing({ header: {}, entries: [{ ...entry, length: 9 }] }), 'x.ckpt')).toThrow(
      'x.ckpt: it does not hold the arrays that it lists',
    );
  });
});

describe('distillation settings', () => {
  it('are the defaults but for what is named, at any depth', () => {
    expect(parseDistillSettings('{}', 's')).toEqual(DISTILL_DEFAULTS);
    expect(parseDistillSettings('{"training": {"size": {"first": 8}}, "made": 5}', 's')).toEqual({
      ...DISTILL_DEFAULTS,
      made: 5,
      training: { ...DISTILL_DEFAULTS.training, size: { ...DISTILL_DEFAULTS.training.size, first: 8 } },
    });
  });

  it.each([
    ['{"maed": 5}', 's:maed: there is no such setting'],
    ['{"training": {"steps": 0}}', 's:training.steps: 0 is no whole number above 0. The default is 12000.'],
    ['{"made": 1.5}', 's:made: 1.5 is no whole number above 0'],
    ['{"forest": 5}', 's:forest: 5 is no object'],
    ['{"forest": {"featureShare": "a"}}', 's:forest.featureShare: "a" is no number above 0'],
    ['{', 's: it is not JSON'],
  ])('%s is refused by name', (text, message) => {
    expect(() => parseDistillSettings(text, 's')).toThrow(message);
  });
});
