import type { Composition } from '../chemistry/formula.ts';
import type { KnownFeatures } from '../teacher/teacher.ts';

/** The teacher's verdict on one structure: one row of a labels file. */
export interface StructureLabel {
  readonly id: string;
  readonly formula: string; // reduced
  readonly anion: string; // symbol of the structure's most electronegative element
  readonly features: KnownFeatures; // those of the teacher
  readonly probability: number; // 0 to 1
}

/** The labels of all polymorphs of one formula, merged. */
export interface FormulaLabel {
  readonly formula: string; // reduced
  readonly composition: Composition; // of that formula
  readonly anion: number; // atomic number of the most electronegative element
  readonly probability: number; // mean over the polymorphs
  readonly structures: number; // how many were merged
}
