import { InputError } from '../shared/errors.ts';
import { type LabelReceipt, type LabelRuntime, shardLabelling } from '../shared/retraining/shard-labelling.ts';
import type { Shard, ShardFile } from '../shared/retraining/shards.ts';
import { readEvent } from './events.ts';

/** Parse, label, store, acknowledge; see `shardLabelling`. */
export function createLabelHandler(load: () => Promise<LabelRuntime>): (event: unknown) => Promise<LabelReceipt> {
  const label = shardLabelling(load);
  return async (event) => label(parseShard(event));
}

function parseShard(event: unknown): Shard {
  const fields = readEvent(event, 'label-shard');
  const files = (event as { files?: unknown } | null)?.files;
  if (!Array.isArray(files))
    throw new InputError('there is no list of files', { file: 'event of label-shard', column: 'files' }, 'Give one.');
  return {
    jobId: fields.text('jobId'),
    shard: fields.integer('shard', 0),
    files: files.map(parseFile),
  };
}

function parseFile(file: unknown): ShardFile {
  const fields = readEvent(file, 'label-shard');
  const size = fields.integer('size', 0);
  return {
    key: fields.text('key'),
    size,
    version: fields.text('version'),
    start: fields.integer('start', 0, 0),
    end: fields.integer('end', 0, size),
  };
}
