import * as v from 'valibot';
import { type LabelReceipt, type LabelRuntime, shardLabelling } from '../shared/retraining/shard-labelling.ts';
import type { Shard, ShardFile } from '../shared/retraining/shards.ts';
import { fields, integer, listOf, type Shape, text } from '../shared/shape.ts';
import { parseEvent } from './events.ts';

const SHARD_FILE: Shape<ShardFile> = v.pipe(
  fields({ key: text, size: integer(), version: text, start: v.nullish(integer(), 0), end: v.nullish(integer()) }),
  v.transform(({ end, ...file }) => ({ ...file, end: end ?? file.size })),
);

const SHARD: Shape<Shard> = fields({ jobId: text, shard: integer(), files: listOf(SHARD_FILE) });

/** Parse, label, store, acknowledge; see `shardLabelling`. */
export function createLabelHandler(load: () => Promise<LabelRuntime>): (event: unknown) => Promise<LabelReceipt> {
  const label = shardLabelling(load);
  return async (event) => label(parseEvent(SHARD, event, 'label-shard'));
}
