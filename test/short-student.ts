import { readText } from '../shared/io/tables/lines.ts';
import { type AssembledStudent, assembleStudent } from '../shared/student/assemble-student.ts';
import { distill, evaluateFold } from '../shared/student/distill.ts';
import { prepareTrainingSet } from '../shared/student/training-set.ts';
import { TINY } from './retraining-runs.ts';

/** What `distill` makes, in a moment: with settings that the command line does not offer. */
export async function shortStudent(labelsFile: string, teacherFile: string): Promise<AssembledStudent> {
  const [labels, teacher] = [labelsFile, teacherFile].map(async (file) => ({ file, text: await readText(file) }));
  const set = prepareTrainingSet(await labels, await teacher, 1, TINY.distill);
  const folds = [0, 1].map((fold) => evaluateFold(set.ionic, set.features, fold, set.options));
  const { weights } = await distill(set.ionic, set.features, set.options);
  return assembleStudent(set, weights, await Promise.all(folds));
}
