import { expect, it } from 'vitest';
import { createLabelHandler } from '../../functions/label-shard.ts';
import { InputError } from '../../shared/errors.ts';

const FILE = { key: 'datasets/a/x.cif', size: 10, version: 'v' };
const SHARD = { jobId: 'job', shard: 0, files: [FILE] };

it.each([
  [null, 'event of label-shard: null is not an object. Correct the event.'],
  [{ ...SHARD, jobId: undefined }, 'event of label-shard:jobId: jobId is missing: it should be a text.'],
  [{ ...SHARD, files: 'all' }, 'event of label-shard:files: "all" is not a list.'],
  [{ ...SHARD, files: [FILE, 1] }, 'event of label-shard:files[1]: 1 is not an object.'],
  [
    { ...SHARD, files: [FILE, { ...FILE, size: -1 }] },
    'event of label-shard:files[1].size: -1 is not an integer >= 0.',
  ],
  [{ ...SHARD, files: [{ ...FILE, end: 'x' }] }, 'event of label-shard:files[0].end: "x" is not an integer >= 0.'],
])('a shard that is %j is refused by the place in it', async (event, message) => {
  const handler = createLabelHandler(() => Promise.reject(new Error('what is asked for was not checked')));
  await expect(handler(event)).rejects.toThrow(InputError);
  await expect(handler(event)).rejects.toThrow(message);
});
