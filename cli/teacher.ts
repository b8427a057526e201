import { basename, extname } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { DescriptorUndefinedError, InputError } from '../shared/errors.ts';
import { readText } from '../shared/io/lines.ts';
import { readStructures } from '../shared/structure/read-structures.ts';
import { type Measurement, parseConductivities } from '../shared/teacher/conductivities.ts';
import { type StructureFeatures, structureFeatures } from '../shared/teacher/features.ts';
import { fitTeacher, type MeasuredCompound } from '../shared/teacher/fit-teacher.ts';
import { formatTeacher, type Teacher } from '../shared/teacher/teacher.ts';
import { checkOutput, writeTogether } from './output-files.ts';

interface FitOptions {
  readonly structures: readonly string[];
  readonly fallbackStructures: readonly string[];
  readonly conductivities: string;
  readonly out: string;
  readonly threshold: number; // S/cm
  readonly penalty: number;
}

/** `teacher fit`: fit and evaluate a teacher on measured conductivities. */
export function teacherCommand(): Command {
  const fit = new Command('fit')
    .description(
      'fit a teacher: regularized logistic regression on the five structure features, leave-one-out evaluation',
    )
    .requiredOption('--structures <path...>', 'CIF, POSCAR or OPTIMADE JSON Lines files, or directories of them')
    .option(
      '--fallback-structures <path...>',
      'the same for compounds that have none among --structures, such as computed structures beside measured ones',
      [],
    )
    .requiredOption(
      '--conductivities <file>',
      'CSV with the columns id,conductivity_S_per_cm, one compound a row; several structure ids are separated by blanks',
    )
    .requiredOption('--out <file>', 'teacher file to write')
    .option('--threshold <S/cm>', 'conductivity from which a compound counts as a conductor', positiveNumber, 1e-4)
    .option('--penalty <number>', 'strength of the L2 penalty on standardized features', positiveNumber, 1)
    .action(runFit);
  return new Command('teacher').description('make the model that labels crystal structures').addCommand(fit);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('Give a positive number such as 1e-4.');
  return value;
}

async function runFit(options: FitOptions): Promise<void> {
  const { conductivities, out, threshold, penalty } = options;
  await checkOutput(out, [conductivities, ...options.structures, ...options.fallbackStructures]);
  const measurements = parseConductivities(await readText(conductivities), conductivities, threshold);
  const ids = new Set(measurements.flatMap(({ structureIds }) => structureIds));
  const sources = [await readFeatures(options.structures, ids), await readFeatures(options.fallbackStructures, ids)];
  const compounds = measurements.flatMap((measurement) => measuredCompound(measurement, sources));
  if (compounds.length === 0)
    throw new InputError(
      'no compound has a structure',
      { file: conductivities },
      'Its ids must be those of the structures: the id in OPTIMADE, the file name without extension for CIF and POSCAR.',
    );
  const teacher = fitTeacher(compounds, {
    name: basename(out, extname(out)),
    source: `fitted on ${basename(conductivities)}`,
    conductivityThreshold: threshold,
    penalty,
  });
  await writeTogether([[out, Buffer.from(formatTeacher(teacher))]]);
  report(teacher, measurements.length - compounds.length, out);
}

/** Features of the structures that are asked for, by id; says on stderr which of them have none. */
async function readFeatures(
  paths: readonly string[],
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, StructureFeatures>> {
  const features = new Map<string, StructureFeatures>();
  for await (const result of readStructures(paths)) {
    const id = 'error' in result ? result.id : result.structure.id;
    if (!wanted.has(id)) continue;
    try {
      if ('error' in result) throw result.error;
      features.set(id, structureFeatures(result.structure));
    } catch (error) {
      if (!(error instanceof InputError || error instanceof DescriptorUndefinedError)) throw error;
      process.stderr.write(`skipped: ${error.message}\n`);
    }
  }
  return features;
}

/** The compound with its structures from the first source that has any; none if no source has. */
function measuredCompound(
  { structureIds, conductor }: Measurement,
  sources: readonly ReadonlyMap<string, StructureFeatures>[],
): MeasuredCompound[] {
  const features = sources.map((source) => structureIds.flatMap((id) => source.get(id) ?? []));
  const first = features.find(({ length }) => length > 0);
  return first === undefined ? [] : [{ features: first, conductor }];
}

function report({ training }: Teacher, without: number, out: string): void {
  if (training === undefined) return;
  const { compounds, conductors, structures, conductivityThreshold, leaveOneOut } = training;
  const { auc, averagePrecision, f1, accuracy } = leaveOneOut;
  const lines = [
    `${compounds} compounds (${structures} structures), ${conductors} with at least ${conductivityThreshold} S/cm`,
    ...(without > 0 ? [`${without} compounds skipped: no usable structure`] : []),
    `leave-one-out: AUC ${auc.toFixed(3)}, average precision ${averagePrecision.toFixed(3)}, F1 ${f1.toFixed(3)}, accuracy ${accuracy.toFixed(3)}`,
    `${out} written`,
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}
