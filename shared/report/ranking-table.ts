import { formatFloat32, RANKING_COLUMNS } from '../ranking/ranking.ts';
import { dataElement } from './page/document.ts';
import { type Content, type Html, html } from './page/html.ts';
import { formulaHtml } from './page/words.ts';
import type { ReportedRun } from './reported-run.ts';

/** A column of the table; all others are told when a row is opened. */
interface ShownColumn {
  readonly name: string; // of the data that it is sorted by, or of what it shows
  readonly title: string;
  readonly isText?: boolean;
  cell(i: number): Content;
}

/** The ranking as a table, with all of its data for the script of the page. */
export function rankingTable(run: ReportedRun): Html {
  const shown = shownColumns(run);
  const heads = shown.map(({ name, title, isText }) =>
    isText
      ? html`<th scope="col" class="l" data-text="${name}">${title}</th>`
      : html`<th scope="col" data-number="${name}">${title}</th>`,
  );
  const rows = run.ranking.map(
    (_, i) => html`<tr>${shown.map(({ name, isText, cell }) => cellHtml(name, isText === true, cell(i)))}</tr>\n`,
  );
  return html`${filters(run)}
<div class="scroll tall" role="region" aria-label="Ranking" tabindex="0"><table id="ranking">
<thead><tr>${heads}</tr></thead>
<tbody>
${rows}</tbody></table></div>
${dataElement('data', dataOf(run))}`;
}

function cellHtml(name: string, isText: boolean, content: Content): Html {
  if (name === 'formula') return html`<th scope="row">${content}</th>`;
  return isText ? html`<td class="l">${content}</td>` : html`<td>${content}</td>`;
}

function shownColumns({ ranking, column, novelty }: ReportedRun): ShownColumn[] {
  const further = (name: string, title: string, digits: number): ShownColumn[] => {
    const values = column(name);
    return values === undefined ? [] : [{ name, title, cell: (i) => fixed(values[i], digits) }];
  };
  const texts = (name: string, title: string): ShownColumn[] => {
    const values = column(name);
    return values === undefined ? [] : [{ name, title, isText: true, cell: (i) => String(values[i] ?? '') }];
  };
  return [
    { name: 'rank', title: 'Rank', cell: (i) => ranking[i].rank },
    { name: 'formula', title: 'Formula', isText: true, cell: (i) => formulaHtml(ranking[i].formula) },
    { name: 'system', title: 'System', isText: true, cell: (i) => ranking[i].system },
    { name: 'logit', title: 'Probability', cell: (i) => ranking[i].probability.toFixed(4) },
    ...further('probability_mean', 'Committee', 3),
    ...further('probability_std', '±', 3),
    ...further('probability_lower', 'Lower bound', 3),
    ...texts('anion', 'Anion'),
    ...texts('charges', 'Charges'),
    ...further('rarest_state_share', 'Rarest', 2),
    ...(novelty === undefined
      ? []
      : [{ name: 'novelty', title: 'Novelty', isText: true, cell: (i: number) => novelty[i] }]),
    ...further('raw_material_usd_per_kg', 'US$/kg', 2),
    ...texts('outside', 'Outside training'),
  ];
}

function fixed(value: unknown, digits: number): string {
  return typeof value === 'number' ? value.toFixed(digits) : '–';
}

/** All columns as in ranking.csv. */
function dataOf({ ranking, columns }: ReportedRun): unknown {
  return {
    columns: [...RANKING_COLUMNS, ...columns.map(({ name }) => name)],
    rows: ranking.map((line, i) => [
      ...RANKING_COLUMNS.map((name) => (name === 'logit' ? Number(formatFloat32(line.logit)) : line[name])),
      ...columns.map(({ values }) => values[i]),
    ]),
  };
}

/** Hidden until the script makes them work. */
function filters({ column, novelty }: ReportedRun): Html {
  const anions = [...new Set(column('anion') ?? [])].sort();
  return html`<form id="filters" hidden aria-label="Filter the ranking">
<label>Search <input type="search" name="search" placeholder="formula or system" autocomplete="off" spellcheck="false"></label>
<label>With <input name="with" placeholder="such as P S" size="10" autocomplete="off" spellcheck="false"></label>
<label>Without <input name="without" placeholder="such as Ge I" size="10" autocomplete="off" spellcheck="false"></label>
${anions.length === 0 ? '' : select('anion', 'Anion', anions.map(String))}
${novelty === undefined ? '' : select('novelty', 'Novelty', [...new Set(novelty)].sort())}
<label><input type="checkbox" name="best"> Best of each system</label>
${column('outside') === undefined ? '' : html`<label><input type="checkbox" name="inside"> Inside of training</label>`}
<span class="buttons"><button type="reset">Reset</button><button type="button" id="copy">Copy CSV</button><button type="button" id="download">Download CSV</button></span>
<output id="status" role="status"></output>
</form>
<noscript><p>Sorting, filters and the evidence of each composition need JavaScript; <a href="ranking.csv">ranking.csv</a> has all of it.</p></noscript>`;
}

function select(name: string, label: string, values: readonly string[]): Html {
  return html`<label>${label} <select name="${name}"><option value="">any</option>${values.map((value) => html`<option>${value}</option>`)}</select></label>`;
}
