// biome-ignore-all lint/performance/noBarrelFile: the surface of the package, which is one import for its users
export { InputError, IntegrityError, IonsieveError, type Place } from '../../shared/errors.ts';
export type { StructureLabel } from '../../shared/labels/label.ts';
export type { SkippedStructure } from '../../shared/labels/label-structures.ts';
export type { RunSummary, TopComposition } from '../../shared/report/summary.ts';
export type { RankBy } from '../../shared/screen/run-option-table.ts';
export type { SpaceEntry } from '../../shared/space/list-system.ts';
export type { StructureFormat } from '../../shared/structure/formats/read-structures.ts';
export { type Labelled, type LabelOptions, type LabelTextOptions, labelFiles, labelText } from './label.ts';
export { type CommitteeScore, openScorer, type Score, type Scorer, type ScorerOptions } from './score.ts';
export { type Screening, type ScreenOptions, type ScreenProgress, screen } from './screen.ts';
export { type CompositionSpace, openSpace, type SpaceFile } from './space.ts';
