import type { MeasuredComparison } from '../shared/fine-tuning/compare-measured.ts';
import type { StructureLabel } from '../shared/labels/label.ts';
import type { TrainingSet } from '../shared/student/training-set.ts';
import type { CandidateRow } from './candidates.ts';
import type { LabelStatistics } from './label-statistics.ts';
import type { Table } from './measured-data.ts';
import type { MergeRow } from './merge-choice.ts';
import type { DescribedCompound, LearningPoint, LeaveOneOutRow } from './small-data.ts';
import type { StudentRow } from './student-comparison.ts';
import type { FamilyMember, TransferGroup } from './transfer.ts';

export const SECTIONS = ['small-data', 'labels', 'students', 'transfer', 'merges'] as const;
export type Section = (typeof SECTIONS)[number];

/** Compounds that have a structure, and how many have none. */
export interface DescribedSet {
  readonly compounds: readonly DescribedCompound[];
  readonly without: number;
}

/** Everything that a study is made from. */
export interface StudyInput {
  readonly seed: number;
  readonly set: TrainingSet;
  readonly structures: readonly StructureLabel[];
  readonly skipped: Readonly<Record<string, number>>; // structures without a label, by reason
  readonly smallSet: DescribedSet;
  readonly obelix: DescribedSet;
  readonly measured: readonly FamilyMember[]; // of both
  readonly candidates: Table;
  readonly student: { readonly hash: string; readonly scores: readonly number[] }; // shipped; logits of `measured`
  readonly fineTuned?: FineTunedEvidence | undefined;
}

/** What the card of a shipped fine-tuned student says of its held-out figures. */
export interface FineTunedEvidence {
  readonly modelHash: string;
  readonly measurements: { readonly compositions: number; readonly systems: number };
  readonly evaluation: { readonly folds: number; readonly repeats: number } & MeasuredComparison;
}

/** Figures of a study; equal inputs give equal figures on processors of one kind. Sections that were not asked for are absent. */
export interface Study {
  readonly seed: number;
  readonly conductivityThreshold: number; // S/cm
  readonly labelsHash: string; // SHA-256 of the labels file that `label` writes of these structures
  readonly smallData?: SmallDataSection;
  readonly labels?: LabelStatistics;
  readonly students?: StudentSection;
  readonly transfer?: TransferSection;
  readonly merges?: readonly MergeRow[];
}

export interface SmallDataSection {
  readonly compounds: number;
  readonly conductors: number;
  readonly withoutStructure: number;
  readonly leaveOneOut: readonly LeaveOneOutRow[];
  readonly learningCurve: {
    readonly compounds: number;
    readonly conductors: number;
    readonly withoutStructure: number;
    readonly draws: number;
    readonly points: readonly LearningPoint[];
  };
}

export interface StudentSection {
  readonly formulas: number;
  readonly positives: number;
  readonly folds: number;
  readonly kinds: readonly StudentRow[];
  readonly candidates: readonly CandidateRow[];
}

export interface TransferSection {
  readonly student: string; // SHA-256 of the shipped one
  readonly groups: readonly TransferGroup[];
  readonly fineTuned?: FineTunedEvidence;
}

export const CONDUCTIVITY_THRESHOLD = 1e-4; // S/cm, at room temperature
