import { SYMBOLS } from '../chemistry/elements.ts';
import { formatSystem } from '../chemistry/formula.ts';
import { InputError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import { checkTeacher } from '../labels/check-teacher.ts';
import type { FormulaLabel } from '../labels/label.ts';
import { parseLabels } from '../labels/labels-file.ts';
import { isIonic, mergePolymorphs } from '../labels/merge-polymorphs.ts';
import { parseTeacher, teacherIon } from '../teacher/teacher.ts';
import { DISTILL_DEFAULTS, type DistillOptions, type DistillSettings } from './distill-options.ts';
import { type ElementFeatures, labelledElements } from './element-features.ts';
import { systemFolds } from './splits.ts';

/** A text file with its name. */
export interface NamedText {
  readonly file: string;
  readonly text: string;
}

/** Everything that a student is distilled from. */
export interface TrainingSet {
  readonly teacher: { readonly name: string; readonly hash: string }; // SHA-256 of the teacher file
  readonly labelsFile: string;
  readonly labelsHash: string; // SHA-256 of the unpacked labels file
  readonly labels: readonly FormulaLabel[]; // merged, of all anions
  readonly ionic: readonly FormulaLabel[]; // of those, what is learned from
  readonly features: ElementFeatures;
  readonly options: DistillOptions;
}

/**
 * Parse and check labels and the teacher that made them.
 *
 * @throws {InputError} if either is malformed, the labels are another teacher's, or they are too few for the folds
 */
export function prepareTrainingSet(
  labelsText: NamedText,
  teacherText: NamedText,
  seed: number,
  settings: DistillSettings = DISTILL_DEFAULTS,
): TrainingSet {
  const teacher = parseTeacher(teacherText.text, teacherText.file);
  const structureLabels = parseLabels(labelsText.text, labelsText.file);
  checkTeacher(structureLabels, teacher, labelsText.file);
  const labels = mergePolymorphs(structureLabels);
  const ionic = labels.filter(isIonic);
  const options = { ...settings, threshold: teacher.threshold, mobileIon: teacherIon(teacher), seed };
  checkMobileIon(ionic, options.mobileIon, labelsText.file);
  checkFolds(ionic, options, labelsText.file);
  return {
    teacher: { name: teacher.name, hash: sha256(teacherText.text) },
    labelsFile: labelsText.file,
    labelsHash: sha256(labelsText.text),
    labels,
    ionic,
    features: labelledElements(ionic),
    options,
  };
}

function checkMobileIon(labels: readonly FormulaLabel[], mobileIon: number, file: string): void {
  const foreign = labels.find(({ composition }) => !composition.atomicNumbers.includes(mobileIon));
  if (foreign !== undefined)
    throw new InputError(
      `${foreign.formula} has no ${SYMBOLS[mobileIon]}`,
      { file, column: 'formula' },
      'Delete its rows.',
    );
}

/** Every fold must have both classes to be judged by, and the others to learn from. */
function checkFolds(labels: readonly FormulaLabel[], options: DistillOptions, file: string): void {
  const { folds, threshold } = options;
  const passes = labels.map(({ probability }) => probability >= threshold);
  const systems = (positive: boolean): number =>
    new Set(
      labels.filter((_, i) => passes[i] === positive).map(({ composition }) => formatSystem(composition.atomicNumbers)),
    ).size;
  const [positives, negatives] = [systems(true), systems(false)];
  if (Math.min(positives, negatives) < 2 * folds)
    throw new InputError(
      `the ionic labels have ${positives} chemical systems with a formula at or above ${threshold} and ${negatives} with one below`,
      { file },
      `For ${folds} folds at least ${2 * folds} of each are needed: label more structures.`,
    );
  const assigned = systemFolds(labels, options);
  for (let fold = 0; fold < folds; fold++) {
    const classes = new Set(passes.filter((_, i) => assigned[i] === fold));
    if (classes.size < 2)
      throw new InputError(
        `fold ${fold + 1} of ${folds} would hold no formula ${classes.has(true) ? 'below' : 'at or above'} ${threshold}`,
        { file },
        'Label more structures, or try another --seed.',
      );
  }
}
