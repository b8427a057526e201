import { NO_COMMITTEE, NO_COMMITTEE_WANTED } from '../models/companions.ts';
import { planKey } from '../runs/run-keys.ts';
import { flagOf, RUN_OPTIONS, type RunArguments, type RunOptionName } from '../screen/run-option-table.ts';
import { type Content, type Html, html } from './page/html.ts';
import { formatCount, median, percent, shortHash } from './page/words.ts';
import type { ReportedRun } from './reported-run.ts';
import { type RunSummary, sourceName } from './summary.ts';

/** What was screened, by whom, and what came out. */
export function summaryWords(run: ReportedRun): Html {
  const { summary } = run;
  const { space, student, screened, ranked, options, skipped } = summary;
  const of = space === undefined ? '' : html` in ${formatCount(space.systems)} chemical systems`;
  return html`<p class="lead">${formatCount(screened)} compositions of <strong>${sourceName(summary)}</strong>${of} were screened by the student ${student.name} (${shortHash(student.hash)}).
${passedWords(summary)}The best ${formatCount(ranked)} are ranked ${BY[options.rankBy]}, at most ${options.perSystem} of a chemical system${listedWords(run)}.</p>
${excludedWords(summary)}${skipped === undefined || skipped.total === 0 ? '' : html`<p>${formatCount(skipped.total)} rows of the list have no score: ${reasons(skipped.reasons)}.</p>\n`}`;
}

function passedWords({ student, screened, passed, bounded }: RunSummary): Content {
  const away =
    bounded === undefined || bounded.compositions === 0
      ? ''
      : `${formatCount(bounded.compositions)} more in ${formatCount(bounded.systems)} systems were bounded away: they cannot reach the ranking, and were not scored. `;
  if (passed === undefined) return away;
  return `${away}${formatCount(passed)} of them (${percent(passed, screened)}) reach a probability of ${student.threshold}. `;
}

const BY: Readonly<Record<RunSummary['options']['rankBy'], string>> = {
  student: "by the student's score",
  mean: "by the committee's mean probability",
  lower: "by the lower bound of the committee's probability",
};

function listedWords({ ranking, summary }: ReportedRun): Content {
  if (ranking.length === summary.ranked) return '';
  return html`; this page lists the first ${formatCount(ranking.length)}, and <a href="ranking.csv">ranking.csv</a> has all`;
}

function reasons(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([reason, count]) => `${formatCount(count)} ${reason}`)
    .join(', ');
}

function excludedWords({ excluded }: RunSummary): Content {
  if (excluded === undefined) return '';
  const { unscored, passed } = excluded;
  return html`<p>Left out as asked, before scoring: ${reasons(unscored) || 'none'}${passed === undefined ? '' : `; of those that passed: ${reasons(passed) || 'none'}`}.</p>\n`;
}

/** How sure the ranking is, in sentences. */
export function certaintyWords(run: ReportedRun): Html {
  const { summary, column, novelty, ranking } = run;
  const sentences: Content[] = [];
  const [mean, std, outside] = [column('probability_mean'), column('probability_std'), column('outside')];
  if (mean !== undefined && std !== undefined)
    sentences.push(
      html`A committee of further models gives the listed compositions a median probability of ${median(mean.map(Number)).toFixed(3)}, with a median uncertainty of ${median(std.map(Number)).toFixed(3)}. `,
    );
  else if ('absent' in summary.committee) sentences.push(`No committee was asked: ${summary.committee.absent}. `);
  if (novelty !== undefined)
    sentences.push(
      html`Of the ${formatCount(ranking.length)} listed, ${formatCount(novelty.filter((text) => text === 'known formula').length)} are formulas among the labelled structures, and ${formatCount(novelty.filter((text) => text === 'new system').length)} are of chemical systems without any. `,
    );
  else if ('absent' in summary.labels) sentences.push(`Nothing is said of novelty: ${summary.labels.absent}. `);
  const strangers = outside?.filter((value) => value !== null).length;
  if (strangers !== undefined)
    sentences.push(
      html`${strangers === 0 ? 'None' : formatCount(strangers)} have an element or a charge that the training data hardly have${strangers === 0 ? '' : ': trust these less'}. `,
    );
  return html`<p>${sentences}</p>\n`;
}

/** Limits of the method that hold for every run. */
export const LIMITS: Html = html`<h2 id="limits">Limits</h2>
<ul>
<li>The ranking says where to look first. It is no measurement: the student repeats a teacher that was fitted on about 40 measured crystals.</li>
<li>The student sees composition alone. Polymorphs, vacancies and disorder of one composition have one score.</li>
<li>Nothing is said of whether a composition can be made, is stable, or conducts electrons; most have never been made.</li>
<li>Far from the training data scores are guesses: mind the nearest known compounds, the committee's uncertainty, and what is marked as outside of training.</li>
</ul>
`;

/** The command that gives this run, from the same files. */
export function reproduceWords({ summary }: ReportedRun): Html {
  const { student, committee, labels, measured } = summary;
  const files = Object.entries({ student, committee, labels, measured }).flatMap(([name, file]) =>
    file !== undefined && 'hash' in file
      ? [html`<tr><th scope="row">${name}</th><td><code>${file.hash}</code></td></tr>\n`]
      : [],
  );
  return html`<h2 id="reproduce">How to make this again</h2>
<pre tabindex="0"><code>${commandOf(summary)}</code></pre>
<p>In the directory that has <code>runs</code>; a space or list of your own is named by the path of its file. Run ${html`<code>${summary.runId}</code>`}: the same source, files and options give the same bytes. SHA-256 of the files:</p>
<div class="scroll" role="region" aria-label="Files" tabindex="0"><table>${files}</table></div>
<p>Beside this page: <a href="ranking.csv">ranking.csv</a>, <a href="ranking.parquet">ranking.parquet</a>, <a href="summary.json">summary.json</a>${summary.skipped === undefined ? '' : html`, <a href="skipped.csv">skipped.csv</a>`}.</p>
`;
}

/** A command line for the directory that has the run: its models are the run's own copies, with what lies beside them. */
export function commandOf({ runId, space, list, options, committee, measured }: RunSummary): string {
  const { criteria, rankBy, ...others } = options;
  const given: RunArguments = {
    space: space?.name,
    compositions: list?.name,
    student: planKey(runId, 'student.onnx'),
    committee: 'absent' in committee && committee.absent === NO_COMMITTEE_WANTED ? NO_COMMITTEE : undefined,
    measured: measured && planKey(runId, 'measured.csv'),
    ...others,
    ...criteria,
    rankBy: rankBy === RUN_OPTIONS.rankBy.fallback ? undefined : rankBy,
  };
  const words = (Object.keys(RUN_OPTIONS) as RunOptionName[]).flatMap((name) => {
    const value = given[name];
    if (value === undefined || value === false) return [];
    return value === true ? [flagOf(name)] : [flagOf(name), quoted(String(value))];
  });
  return `ionsieve screen ${words.join(' ')} --out .`;
}

function quoted(word: string): string {
  return /^[\w.,/@%+=:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
