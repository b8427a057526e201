import { sha256 } from '../../shared/hash.ts';
import { readBytes } from '../../shared/io/store/files.ts';
import { fileInputs, storeInputs } from '../../shared/io/store/inputs.ts';
import type { ConditionalStore } from '../../shared/io/store/store.ts';
import { cardName } from '../../shared/models/card-file.ts';
import {
  type AskedCompanions,
  BESIDE,
  type Companions,
  NO_COMMITTEE,
  prepareCompanions,
} from '../../shared/models/companions.ts';
import { studentKey } from '../../shared/models/current-student.ts';
import { cardCurves } from '../../shared/models/held-out-curves.ts';

/** A student that lies in the bucket. */
export interface CloudStudent {
  readonly key: string;
  readonly hash: string; // SHA-256, hexadecimal
  readonly labelsHash: string; // SHA-256 of the unpacked labels that it learned from
}

/**
 * Put what goes with a student beside it in the bucket; what is there already stays.
 *
 * @param path of the student on this machine
 * @param asked paths, where they are not beside that; as the student's own they are checked by the hash of its labels
 */
export async function putCompanions(
  store: ConditionalStore,
  { hash, labelsHash }: CloudStudent,
  path: string,
  asked: Pick<AskedCompanions, 'labels'>,
): Promise<void> {
  const { files } = await prepareCompanions(fileInputs, { name: path, labelsHash }, asked);
  for (const file of [BESIDE.committee, BESIDE.labels]) {
    const bytes = files[file];
    if (bytes !== undefined) await store.putIf(studentKey(hash, file), bytes, undefined);
  }
  const card = await fileInputs.find(cardName(path));
  if (card !== undefined && cardCurves(card, cardName(path), hash) !== undefined)
    await store.putIf(studentKey(hash, 'student.card.json'), card, undefined); // a report shows its curves
}

/** Companions as the event of a run names them, and as its id has them. */
export interface CloudCompanions {
  readonly asked: AskedCompanions; // keys
  readonly companions: Companions;
}

/**
 * Put companions that were named by their paths into the bucket, and see what goes with the student.
 *
 * @throws {InputError} if one that was named is another student's, or is not there
 */
export async function resolveCompanions(
  store: ConditionalStore,
  student: CloudStudent,
  paths: AskedCompanions,
): Promise<CloudCompanions> {
  const named = { name: student.key, labelsHash: student.labelsHash };
  const local = await prepareCompanions(fileInputs, named, { ...paths, committee: paths.committee ?? NO_COMMITTEE });
  const labels = paths.labels === undefined ? undefined : local.files[BESIDE.labels];
  if (labels !== undefined) await store.putIf(studentKey(student.hash, BESIDE.labels), labels, undefined);
  const asked = {
    committee: paths.committee === NO_COMMITTEE ? NO_COMMITTEE : await putNamed(store, 'committees', paths.committee),
    measured: await putNamed(store, 'measured', paths.measured),
  };
  const { companions } = await prepareCompanions(storeInputs(store), named, asked);
  return { asked, companions };
}

/** @returns the key, which is a hash of the content */
async function putNamed(
  store: ConditionalStore,
  kind: 'committees' | 'measured',
  path: string | undefined,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const bytes = await readBytes(path);
  const key = `models/${kind}/${sha256(bytes)}.${kind === 'committees' ? 'onnx' : 'csv'}`;
  await store.putIf(key, bytes, undefined);
  return key;
}
