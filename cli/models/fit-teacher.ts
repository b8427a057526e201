import { formatJson } from '../../shared/json.ts';
import type { FeatureName } from '../../shared/teacher/feature-names.ts';
import { fitTeacher } from '../../shared/teacher/fit-teacher.ts';
import { formatTeacher, type Teacher } from '../../shared/teacher/teacher.ts';
import { checkOutput, outputName, tellBeside, writeTogether } from '../terminal/output-files.ts';
import { tellInputs } from '../terminal/tell-inputs.ts';
import { fitSettings, type MeasuredOptions, readCompounds } from './measured-compounds.ts';

interface FitOptions extends MeasuredOptions {
  readonly features: readonly FeatureName[];
  readonly out: string;
  readonly json?: boolean;
}

/** `teacher fit`: make a teacher from measured conductivities. */
export async function runFit(options: FitOptions): Promise<void> {
  const { conductivities, features, out, json } = options;
  const inputs = [conductivities, ...options.structures, ...options.fallbackStructures];
  await checkOutput(out, inputs);
  await tellInputs(inputs);
  const { compounds, without } = await readCompounds(options, features);
  const settings = fitSettings(options, await outputName(out, 'teacher'));
  const teacher = fitTeacher(compounds, { ...settings, features });
  await writeTogether([[out, Buffer.from(formatTeacher(teacher))]]);
  const told = json
    ? formatJson({ file: out, features, ...teacher.training, without })
    : describe(teacher, without, out);
  await tellBeside(out, told);
}

function describe({ training }: Teacher, without: number, out: string): string {
  if (training === undefined) return '';
  const { compounds, conductors, structures, conductivityThreshold, leaveOneOut } = training;
  const { auc, averagePrecision, f1, accuracy } = leaveOneOut;
  const lines = [
    `${compounds} compounds (${structures} structures), ${conductors} with at least ${conductivityThreshold} S/cm`,
    ...(without > 0 ? [`${without} compounds skipped: no usable structure`] : []),
    `leave-one-out: AUC ${auc.toFixed(3)}, average precision ${averagePrecision.toFixed(3)}, F1 ${f1.toFixed(3)}, accuracy ${accuracy.toFixed(3)}`,
    `${out} written`,
  ];
  return `${lines.join('\n')}\n`;
}
