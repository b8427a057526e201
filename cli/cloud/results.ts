import { InputError, IntegrityError } from '../../shared/errors.ts';
import { sha256 } from '../../shared/hash.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import type { ObjectStore } from '../../shared/io/store/store.ts';
import { formatJson } from '../../shared/json.ts';
import { isRunId } from '../../shared/run-id.ts';
import { outputKey } from '../../shared/runs/run-keys.ts';
import { decodeReceipt, RECEIPT } from '../../shared/runs/run-outputs.ts';
import { findRun } from './aws-executions.ts';
import { type CloudSession, openAwsSession } from './aws-session.ts';
import type { CloudOptions } from './options.ts';

export interface ResultsOptions extends CloudOptions {
  readonly out: string; // directory where runs are kept
}

/** `cloud results`: download what came out of a run and check every file against the receipt. */
export async function results(run: string | undefined, { out, ...options }: ResultsOptions): Promise<void> {
  const session = await openAwsSession(options);
  const runId = await runIdOf(session, run);
  const { receipt, hashes } = await readReceipt(session.store, runId);
  const target = new DirectoryStore(out);
  const paths: string[] = [];
  for (const [file, hash] of [...Object.entries(hashes), [RECEIPT, sha256(receipt)]]) {
    const key = outputKey(runId, file);
    await target.put(key, file === RECEIPT ? receipt : await download(session.store, key, hash));
    paths.push(`${target.location}/${key}`);
  }
  process.stdout.write(options.json ? formatJson({ runId, files: paths }) : `${paths.join('\n')}\n`);
}

async function runIdOf(session: CloudSession, run: string | undefined): Promise<string> {
  if (run !== undefined && isRunId(run)) return run;
  const { plan, name, status } = await findRun(session, run);
  if (plan === undefined)
    throw new InputError(`execution ${name} is not planned (${status})`, {}, 'See `ionsieve cloud watch`.');
  return plan.runId;
}

interface Receipt {
  readonly receipt: Uint8Array; // bytes of receipt.json
  readonly hashes: Readonly<Record<string, string>>; // SHA-256 by file
}

async function readReceipt(store: ObjectStore, runId: string): Promise<Receipt> {
  const key = outputKey(runId, RECEIPT);
  const file = `${store.location}/${key}`;
  const receipt = await store.get(key);
  if (receipt === undefined)
    throw new InputError('the run has no results', { file }, 'See with `ionsieve cloud watch` how far it is.');
  return { receipt, hashes: decodeReceipt(receipt, file) };
}

async function download(store: ObjectStore, key: string, hash: string): Promise<Uint8Array> {
  const bytes = await store.get(key);
  const actual = bytes === undefined ? 'absent' : sha256(bytes);
  if (bytes !== undefined && actual === hash) return bytes;
  throw new IntegrityError(
    `its SHA-256 is ${actual}, and ${RECEIPT} says ${hash}`,
    { file: `${store.location}/${key}` },
    'Start the run again: it makes its outputs anew.',
  );
}
