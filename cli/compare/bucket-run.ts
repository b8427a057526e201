import { type ComparableRun, loadFinishedRun } from '../../shared/comparison/compare-with-last.ts';
import { InputError } from '../../shared/errors.ts';
import { isRunId, RUN_ID_LENGTH } from '../../shared/run-id.ts';
import { openBucket } from '../cloud/aws-bucket.ts';
import { calling } from '../cloud/aws-errors.ts';
import type { AccountOptions } from '../cloud/options.ts';

/**
 * Load a finished run from a bucket; its files are checked by the hashes of the receipt.
 *
 * @param address such as `s3://BUCKET/runs/ID`
 * @throws {InputError} if the address is none of a run, or the account cannot be called
 * @throws {IntegrityError} if the run is not finished, or its files are damaged
 */
export async function loadFromBucket(address: string, options: AccountOptions): Promise<ComparableRun> {
  const [, bucket, runId = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]+)\/runs\/([^/]+)\/?$/.exec(address) ?? [];
  if (bucket === undefined || !isRunId(runId))
    throw new InputError(
      'is no address of a run',
      { file: address },
      `A run lies at s3://BUCKET/runs/ID. An ID has ${RUN_ID_LENGTH} hexadecimal digits.`,
    );
  return calling('s3:GetObject', address, () => loadFinishedRun(openBucket(bucket, options), runId));
}
