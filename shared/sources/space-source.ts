import { ELECTRONEGATIVITY } from '../chemistry/elements.ts';
import type { StudentSession } from '../models/student-session.ts';
import type { EncodedPruning } from '../pruning/pruning.ts';
import { thresholdOf } from '../pruning/pruning.ts';
import { SystemPruner } from '../pruning/system-pruner.ts';
import type { ChunkScreener } from '../screen/chunk-screener.ts';
import type { ClassAmounts } from '../screen/class-amounts.ts';
import type { RankingLimits } from '../screen/ranking-limits.ts';
import { Screener } from '../screen/space-screener.ts';
import { TopK } from '../screen/top-k.ts';
import { compositionsAt } from '../space/rank.ts';
import { classesFromJson, classesToJson, type Space } from '../space/space.ts';
import { canonicalSpaceJson, parseSpace, type SpaceDefinition } from '../space/space-file.ts';
import { segmentSpace } from '../space/space-segments.ts';
import type { CompositionSource, SourceFiles, SourceRecord } from './source.ts';

/** The compositions of a space as what a run screens. */
export function spaceSource(space: Space): CompositionSource {
  const { definition, classes, compositions: size } = space;
  const systems = classes.reduce((sum, { systems: count }) => sum + count, 0);
  const counts = { systems, classes: classes.length, compositions: size };
  return {
    name: definition.name,
    size,
    record: { space: JSON.parse(canonicalSpaceJson(definition)), counts },
    planFiles: () => planFilesOf(space),
    summary: { space: { name: definition.name, ...counts } },
    screener: (student, limits, _, bounds) => spaceScreener(space, student, limits, bounds),
    merger: ({ top }) => new TopK(top), // a chunk has whole systems, so it kept to `perSystem`
    compositions: ({ indices }) => compositionsAt(space, indices),
  };
}

/** @param amounts see {@link Screener} */
export function spaceScreener(
  space: Space,
  student: StudentSession,
  limits: RankingLimits,
  bounds?: EncodedPruning,
  amounts?: ClassAmounts,
): ChunkScreener {
  const pruner = bounds && new SystemPruner(space, student, bounds.encoder, thresholdOf(bounds.pruning));
  return new Screener(space, student, limits, pruner, amounts);
}

function planFilesOf(space: Space): SourceFiles {
  const classes = Buffer.from(classesToJson(space));
  return {
    files: { 'classes.json': classes, 'systems.bin': space.systems },
    segments: segmentSpace(space, classes),
  };
}

/** See `PreparedSource.identity`. */
export function spaceIdentity(definition: SpaceDefinition): readonly unknown[] {
  const { mobileIon, elements } = definition;
  const electronegativities = [mobileIon, ...elements].map((z) => ELECTRONEGATIVITY[z]); // decide on membership too
  return [canonicalSpaceJson(definition), electronegativities];
}

/** The definition in `run.json`. */
export function recordedSpace(record: SourceRecord, name: string): SpaceDefinition {
  return parseSpace(JSON.stringify(record.space), name);
}

/** Read the files of a plan back, whose hashes were checked before. */
export async function loadSpaceSource(...plan: Parameters<typeof loadSpace>): Promise<CompositionSource> {
  return spaceSource(await loadSpace(...plan));
}

/** The same as the space itself. */
export async function loadSpace(
  record: SourceRecord,
  load: (file: 'classes.json' | 'systems.bin') => Promise<Uint8Array>,
  nameOf: (file: 'classes.json' | 'run.json') => string,
): Promise<Space> {
  const classes = classesFromJson(Buffer.from(await load('classes.json')).toString(), nameOf('classes.json'));
  const systems = await load('systems.bin');
  const definition = recordedSpace(record, nameOf('run.json'));
  return { definition, classes, systems, compositions: record.counts.compositions };
}
