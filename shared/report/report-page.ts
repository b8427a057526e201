import { renderDocument } from './page/document.ts';
import { type Html, html } from './page/html.ts';
import { PAGE_SCRIPT } from './page/page-script.ts';
import { periodicTable } from './page/periodic-table.ts';
import { plainTable } from './page/plain-table.ts';
import { REPORT_STYLE } from './page/report-style.ts';
import { formulaHtml } from './page/words.ts';
import { rankingTable } from './ranking-table.ts';
import { histogramFigure, histogramRows, systemMap } from './report-figures.ts';
import { certaintyWords, LIMITS, reproduceWords, summaryWords } from './report-words.ts';
import { type ReportedRun, type ReportSources, reportedRun } from './reported-run.ts';
import { studentCard } from './student-card.ts';
import { sourceName } from './summary.ts';

const SYSTEMS_SHOWN = 25;

/** `report.html` of a run: one page that loads nothing. Equal runs give equal bytes. */
export function reportPage(sources: ReportSources): string {
  const run = reportedRun(sources);
  const title = `Ranking of ${sourceName(run.summary)}`;
  return renderDocument({ title, style: REPORT_STYLE, script: PAGE_SCRIPT, body: reportBody(title, run) });
}

function reportBody(title: string, run: ReportedRun): Html {
  const { summary } = run;
  return html`<a class="skip" href="#candidates">Skip to the ranking</a>
<header><h1>${title}</h1>
${summaryWords(run)}${certaintyWords(run)}</header>
<main>
<h2 id="elements">${summary.passed === undefined ? 'Elements' : 'Elements that pass'}</h2>
<p class="only-script">Choose an element to see only compositions that have it.</p>
${periodicTable(summary.elements)}<h2 id="candidates" tabindex="-1">Ranking</h2>
<p class="only-script">Open a formula to see its evidence: nearest known compounds, what drives its score, and how sure the models are.</p>
${rankingTable(run)}
${probabilities(run)}${systems(run)}${studentCard(run)}${LIMITS}${reproduceWords(run)}${columnGuide(run)}</main>
`;
}

function probabilities({ summary }: ReportedRun): Html {
  const { histogram, student } = summary;
  if (histogram === undefined)
    return html`<h2 id="probabilities">Probabilities</h2>
<p>How many compositions have which probability is unknown: those that were bounded away have no score.</p>
`;
  if (histogram.counts.every((count) => count === 0))
    return html`<h2 id="probabilities">Probabilities</h2>
<p>No composition was counted.</p>
`;
  return html`<h2 id="probabilities">Probabilities</h2>
${histogramFigure(histogram, student)}<details><summary>The same as a table</summary>
${plainTable('Compositions by probability', ['probability', 'compositions'], histogramRows(histogram))}</details>
`;
}

function systems(run: ReportedRun): Html {
  const { ranking, student } = run;
  const places = new Map<string, number[]>(); // lines by system, best first
  ranking.forEach(({ system }, i) => {
    const lines = places.get(system) ?? [];
    lines.push(i);
    places.set(system, lines);
  });
  const best = [...places].slice(0, SYSTEMS_SHOWN).map(([system, lines]) => {
    const { rank, formula, probability } = ranking[lines[0]];
    return [system, formulaHtml(formula), rank, probability.toFixed(4), lines.length];
  });
  const mapped = ranking.flatMap(({ system }) => {
    const symbols = system.split('-').filter((symbol) => symbol !== student.mobileIon);
    return symbols.length < 2 ? [] : [{ anion: symbols[symbols.length - 1], partners: symbols.slice(0, -1) }];
  });
  return html`<h2 id="systems">Chemical systems</h2>
${mapped.length === 0 ? '' : html`<div class="scroll" role="region" aria-label="Map of chemical systems" tabindex="0">${systemMap(mapped)}</div>\n`}<h3>Best of each system</h3>
<p>${places.size} systems are listed${places.size > best.length ? `; these are the first ${best.length}` : ''}.</p>
${plainTable('Best of each system', ['system', 'formula', 'rank', 'probability', 'listed'], best)}
`;
}

function columnGuide({ columns }: ReportedRun): Html {
  return html`<details id="columns"><summary>What the columns of the ranking say</summary>
<dl><dt>logit</dt><dd>Score of the student; the probability is 1 / (1 + exp(−logit)).</dd>
${columns.map(({ name, description }) => html`<dt>${name}</dt><dd>${description}</dd>\n`)}</dl></details>
`;
}
