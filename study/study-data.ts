import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { shownStructures } from '../cli/models/shown-structures.ts';
import { packagePath } from '../local/shipped/package-root.ts';
import { DescriptorUndefinedError } from '../shared/errors.ts';
import { readBytes } from '../shared/io/store/files.ts';
import { readText } from '../shared/io/tables/lines.ts';
import type { StructureLabel } from '../shared/labels/label.ts';
import { countReasons, labelStructures, type SkippedStructure } from '../shared/labels/label-structures.ts';
import { formatLabels, parseLabels } from '../shared/labels/labels-file.ts';
import { decodeCard } from '../shared/models/card-file.ts';
import { readModel } from '../shared/models/companions.ts';
import { scoreComposition } from '../shared/models/score-composition.ts';
import { openStudent } from '../shared/models/student-session.ts';
import { prepareTrainingSet } from '../shared/student/training-set.ts';
import { PUBLISHED_FEATURES } from '../shared/teacher/feature-names.ts';
import { structureFeatures } from '../shared/teacher/features.ts';
import { type KnownFeatures, parseTeacher, teacherIon } from '../shared/teacher/teacher.ts';
import { describeCompounds, measuredTable, mergeTables, type Table } from './measured-data.ts';
import { CONDUCTIVITY_THRESHOLD, type FineTunedEvidence, type StudyInput } from './study.ts';

const STRUCTURES = 'mp-li.optimade.jsonl.gz';
const MEASURED = 'obelix-train/train.csv';
const MEASURED_STRUCTURES = 'obelix-train/train_randomized_cifs';
const SMALL_SET = 'small-set.csv';
const CANDIDATES = 'published-candidates.csv';
const TEACHER = 'models/teacher-sendek-2017.json';
const STUDENT = 'models/student.onnx';
const FINE_TUNED_CARD = 'models/student-measured.card.json';

/** Files of the data folder that a study reads. */
export const STUDY_FILES: readonly string[] = [STRUCTURES, MEASURED, MEASURED_STRUCTURES, SMALL_SET, CANDIDATES];

/**
 * Read the data and label the structures.
 *
 * @throws {InputError} naming the file that is missing or malformed
 */
export async function readStudyData(folder: string, seed: number): Promise<StudyInput> {
  const table = async (name: string): Promise<Table> => ({
    file: join(folder, name),
    text: await readText(join(folder, name)),
  });
  const [obelix, smallSet, candidates] = [
    measuredTable(await table(MEASURED)),
    await table(SMALL_SET),
    await table(CANDIDATES),
  ];
  const measuredFeatures = await readFeatures(join(folder, MEASURED_STRUCTURES));
  const teacher = { file: packagePath(TEACHER), text: await readText(packagePath(TEACHER)) };
  const { labels, skipped } = await labelAll(join(folder, STRUCTURES), teacher);
  const labelsText = { file: join(folder, STRUCTURES), text: formatLabels(labels) };
  const set = prepareTrainingSet(labelsText, teacher, seed);
  const { features, options } = set;
  const computed = new Map(labels.map((label) => [label.id, label.features]));
  const describe = (one: Table) =>
    describeCompounds(one, [measuredFeatures, computed], features, options.mobileIon, CONDUCTIVITY_THRESHOLD);
  const learnable = { mobileIon: options.mobileIon, knows: (z: number) => features.rowByAtomicNumber[z] >= 0 };
  const measured = mergeTables([obelix, smallSet], learnable);
  return {
    seed,
    set,
    structures: parseLabels(labelsText.text, labelsText.file), // rounded as in a labels file
    skipped: Object.fromEntries(countReasons(skipped)),
    smallSet: describe(smallSet),
    obelix: describe(obelix),
    measured,
    candidates,
    student: await scoreMeasured(measured),
    fineTuned: await readFineTuned(),
  };
}

async function labelAll(
  path: string,
  { text, file }: Table,
): Promise<{ labels: StructureLabel[]; skipped: SkippedStructure[] }> {
  const labels: StructureLabel[] = [];
  const skipped: SkippedStructure[] = [];
  for await (const result of labelStructures(shownStructures([path]), parseTeacher(text, file))) {
    if ('label' in result) labels.push(result.label);
    else skipped.push(result.skipped);
  }
  return { labels, skipped };
}

/** Features of measured structures by id; those that have none are counted as compounds without structure. */
async function readFeatures(path: string): Promise<ReadonlyMap<string, KnownFeatures>> {
  const teacher = parseTeacher(await readText(packagePath(TEACHER)), packagePath(TEACHER));
  const features = new Map<string, KnownFeatures>();
  for await (const result of shownStructures([path])) {
    if ('error' in result) continue;
    try {
      features.set(result.structure.id, structureFeatures(result.structure, teacherIon(teacher), PUBLISHED_FEATURES));
    } catch (error) {
      if (!(error instanceof DescriptorUndefinedError)) throw error;
    }
  }
  return features;
}

/** Logits of the shipped student. */
async function scoreMeasured(measured: StudyInput['measured']): Promise<StudyInput['student']> {
  const path = packagePath(STUDENT);
  const student = await openStudent(await readModel(path), path);
  const scores: number[] = [];
  for (const { composition, formula } of measured) {
    const probability = await scoreComposition(student, composition, { column: formula });
    scores.push(Math.log(probability / (1 - probability)));
  }
  await student.release();
  return { hash: student.hash, scores };
}

/** Held-out figures of the fine-tuned student, if one is shipped. */
async function readFineTuned(): Promise<FineTunedEvidence | undefined> {
  const path = packagePath(FINE_TUNED_CARD);
  if (!existsSync(path)) return undefined;
  const card = decodeCard(await readBytes(path), path) as unknown as FineTunedEvidence;
  const { modelHash, measurements, evaluation } = card;
  const { compositions, systems } = measurements;
  return { modelHash, measurements: { compositions, systems }, evaluation };
}
