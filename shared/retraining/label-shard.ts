import { InputError, IntegrityError } from '../errors.ts';
import { type ByteSource, objectSource } from '../io/store/byte-source.ts';
import type { ConditionalStore } from '../io/store/store.ts';
import type { StructureLabel } from '../labels/label.ts';
import { DOUBLED, labelStructures, type SkippedStructure, UNUSABLE } from '../labels/label-structures.ts';
import { formatLabels, parseLabels } from '../labels/labels-file.ts';
import {
  readStructureFile,
  type StructureFile,
  type StructureResult,
  structureFile,
} from '../structure/formats/read-structures.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { datasetPrefix } from './job-keys.ts';
import type { ShardFile } from './shards.ts';

/** What became of the structures of a shard. */
export interface LabelledShard {
  readonly labels: readonly StructureLabel[]; // as they read back from a labels file
  readonly skipped: readonly SkippedStructure[]; // quarantined, or without a score
}

/** Label the structures of some files. Whatever is wrong with a structure or a file, it is skipped with its reason. */
export async function labelShard(
  store: ConditionalStore,
  dataset: string,
  files: readonly ShardFile[],
  teacher: Teacher,
): Promise<LabelledShard> {
  const labels = new Map<string, StructureLabel>();
  const skipped: SkippedStructure[] = [];
  for await (const result of labelStructures(readFiles(store, dataset, files), teacher)) {
    const outcome = 'label' in result ? readBack(result.label) : result;
    if ('skipped' in outcome) skipped.push(outcome.skipped);
    else if (labels.has(outcome.label.id)) skipped.push({ id: outcome.label.id, reason: DOUBLED, detail: DOUBLED });
    else labels.set(outcome.label.id, outcome.label);
  }
  return { labels: [...labels.values()], skipped };
}

/** The label as a labels file will give it back; one that it cannot hold, such as of an id without letters, is skipped. */
function readBack(label: StructureLabel): { label: StructureLabel } | { skipped: SkippedStructure } {
  try {
    return { label: parseLabels(formatLabels([label]), label.id)[0] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { skipped: { id: label.id, reason: UNUSABLE, detail: error.message } };
  }
}

async function* readFiles(
  store: ConditionalStore,
  dataset: string,
  files: readonly ShardFile[],
): AsyncGenerator<StructureResult> {
  for (const file of files) {
    try {
      yield* readStructureFile(await openFile(store, dataset, file));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      yield { id: sourceName(file), error }; // such as a file that is cut off
    }
  }
}

async function openFile(store: ConditionalStore, dataset: string, file: ShardFile): Promise<StructureFile> {
  const { key, size, start = 0, end = size } = file;
  const found = await store.stat(key);
  if (found?.version !== file.version || found.size !== size)
    throw new IntegrityError(
      found === undefined ? 'it was deleted after the retraining began' : 'it was changed after the retraining began',
      { file: `${store.location}/${key}` },
      'Mark the dataset ready again.',
    );
  const source: ByteSource = objectSource(store, found, { start, end }, sourceName(file));
  const structures = structureFile(source, key.slice(datasetPrefix(dataset).length));
  if (structures !== undefined) return { ...structures, linesOnly: structures.linesOnly || start > 0 };
  throw new InputError('the name tells no structure format', { file: key }, 'Correct the list of files.');
}

/** A stretch is named by where it begins: lines are counted from there, and ids may be made from name and line. */
function sourceName({ key, start = 0 }: ShardFile): string {
  return start === 0 ? key : `${key}@byte${start}`;
}
