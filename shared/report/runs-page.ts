import { renderDocument } from './page/document.ts';
import { type Content, type Html, html } from './page/html.ts';
import { REPORT_STYLE } from './page/report-style.ts';
import { formatCount, formulaHtml, percent, shortHash } from './page/words.ts';

/** A run as a list of runs shows it. */
export interface ListedRun {
  readonly runId: string;
  readonly source: string; // name of the space or list
  readonly student: { readonly name: string; readonly hash: string };
  readonly changed: Date; // when it was finished, or planned
  readonly chunks: { readonly done: number; readonly total: number };
  readonly finished?: FinishedCounts | undefined; // undefined while it is not complete
  readonly files: readonly string[]; // names of outputs that are there
}

/** What came out of a run. */
export interface FinishedCounts {
  readonly screened: number;
  readonly passed?: number | undefined; // unknown where bounds spared compositions
  readonly top?: string; // formula; undefined if nothing is ranked
}

/** Addresses in the pages of a server, relative to the list. */
export const COMPARE_PATH = 'compare';

/**
 * A page that lists runs, with links to what came out of them, and a form that has two of them compared. It runs nothing.
 *
 * @param problems runs that cannot be shown, and why
 */
export function runsPage(directory: string, runs: readonly ListedRun[], problems: readonly string[]): string {
  const body = html`<header><h1>Runs</h1>
<p class="lead">${formatCount(runs.length)} ${runs.length === 1 ? 'run is' : 'runs are'} kept in <code>${directory}</code>, the newest first.</p></header>
<main>
${runs.length === 0 ? html`<p>Screen a space into this folder, and reload this page: <code>ionsieve screen --space small --out ${directory}</code></p>\n` : runsForm(runs)}${problemsHtml(problems)}</main>
`;
  return renderDocument({ title: `Runs of ${directory}`, style: REPORT_STYLE, body, submits: true });
}

function runsForm(runs: readonly ListedRun[]): Html {
  const complete = runs.filter(({ finished }) => finished !== undefined);
  const [after, before] = complete; // what is asked most: what the newest run changed
  const rows = runs.map((run) => runRow(run, before === run, after === run));
  const compare =
    complete.length < 2
      ? html`<p>Once there are two complete runs, they can be compared.</p>\n`
      : html`<p class="buttons"><button>Compare</button></p>\n`;
  return html`<form action="${COMPARE_PATH}" method="get" aria-label="Compare two runs">
<div class="scroll" role="region" aria-label="Runs" tabindex="0"><table>
<thead><tr><th scope="col" class="l">Run</th><th scope="col">Before</th><th scope="col">After</th><th scope="col" class="l">Source</th><th scope="col" class="l">Student</th><th scope="col" class="l">State</th><th scope="col">Screened</th><th scope="col">Passed</th><th scope="col" class="l">Best</th><th scope="col" class="l">Files</th></tr></thead>
<tbody>
${rows}</tbody></table></div>
${compare}</form>
`;
}

function runRow(run: ListedRun, isBefore: boolean, isAfter: boolean): Html {
  const { runId, source, student, changed, finished, files } = run;
  const short = runId.slice(0, 8);
  const name: Content = files.includes('report.html')
    ? html`<a href="${fileHref(runId, 'report.html')}">${short}</a>`
    : short;
  const others = files.filter((file) => file !== 'report.html');
  const cells: readonly Content[] = [
    radio('before', run, isBefore),
    radio('after', run, isAfter),
    left(source),
    left(html`${student.name} ${shortHash(student.hash)}`),
    left(
      html`${stateOf(run)}, <time datetime="${changed.toISOString()}">${changed.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>`,
    ),
    html`<td>${finished === undefined ? '–' : formatCount(finished.screened)}</td>`,
    html`<td>${passedText(finished)}</td>`,
    left(finished?.top === undefined ? '–' : formulaHtml(finished.top)),
    left(others.map((file, i) => html`${i > 0 ? ', ' : ''}<a href="${fileHref(runId, file)}">${file}</a>`)),
  ];
  return html`<tr><th scope="row">${name}</th>${cells}</tr>\n`;
}

function left(content: Content): Html {
  return html`<td class="l">${content}</td>`;
}

function stateOf({ finished, chunks }: ListedRun): string {
  return finished === undefined
    ? `${formatCount(chunks.done)} of ${formatCount(chunks.total)} chunks done`
    : 'complete';
}

function passedText(finished: FinishedCounts | undefined): string {
  if (finished === undefined) return '–';
  const { passed, screened } = finished;
  return passed === undefined ? 'unknown' : `${formatCount(passed)} (${percent(passed, screened)})`;
}

function radio(name: 'before' | 'after', { runId, source, finished }: ListedRun, checked: boolean): Html {
  if (finished === undefined) return html`<td></td>`;
  const label = `${name}: ${source} ${runId.slice(0, 8)}`;
  return html`<td><input type="radio" name="${name}" value="${runId}" aria-label="${label}" required${checked ? html` checked` : ''}></td>`;
}

/** Address of an output, relative to the list. */
function fileHref(runId: string, file: string): string {
  return `runs/${runId}/${file}`;
}

function problemsHtml(problems: readonly string[]): Content {
  if (problems.length === 0) return '';
  return html`<h2>Not shown</h2>
<ul>${problems.map((problem) => html`<li>${problem}</li>`)}</ul>
`;
}

/** A page that says why there is no other. */
export function problemPage(title: string, text: string): string {
  const body = html`<main><h1>${title}</h1>
<p>${text}</p>
<p><a href="/">All runs</a></p></main>
`;
  return renderDocument({ title, style: REPORT_STYLE, body });
}
