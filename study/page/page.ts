import { renderDocument } from '../../shared/report/page/document.ts';
import { type Html, html } from '../../shared/report/page/html.ts';
import type { Study } from '../study.ts';
import { labelsHtml } from './page-labels.ts';
import { mergesHtml } from './page-merges.ts';
import { smallDataHtml } from './page-small-data.ts';
import { studentsHtml } from './page-students.ts';
import { STUDY_STYLE } from './page-style.ts';
import { transferHtml } from './page-transfer.ts';

/** One self-contained page of a study: plots beside the tables of their figures. */
export function studyPage(study: Study): string {
  const { smallData, labels, students, transfer, merges } = study;
  const sections: readonly (Html | undefined)[] = [
    smallData && smallDataHtml(smallData),
    labels && labelsHtml(labels),
    students && studentsHtml(students),
    transfer && transferHtml(transfer),
    merges && mergesHtml(merges),
  ];
  const body = html`<h1>Does physics transfer to composition?</h1>
<p>The argument of Cubuk, Sendek &amp; Reed (J. Chem. Phys. 150, 214701, 2019, doi:10.1063/1.5093220), step by step on real data. Few measurements
teach little to a model on generic descriptors, but enough to a model on five structure features; that teacher labels a database of structures; a student
on composition alone learns the labels; and what it learned is held against measured conductivities.</p>
<p class="faint">Seed ${study.seed}. A conductor has ${study.conductivityThreshold} S/cm or more at room temperature. Labels: SHA-256 ${study.labelsHash.slice(0, 12)}.
No formula is learned from and judged by. Every split keeps chemical systems whole as well, but for leave-one-out, which leaves out one compound.</p>
${sections.filter((section) => section !== undefined)}`;
  return renderDocument({ title: 'Does physics transfer to composition?', style: STUDY_STYLE, body });
}
