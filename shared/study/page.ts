import type { Study } from './study.ts';
export function studyPage(study: Study): string {
  return String(study.seed);
}
