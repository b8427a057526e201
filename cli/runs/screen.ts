import { join, resolve } from 'node:path';
import { type FinishedRun, runLocally } from '../../local/run-locally.ts';
import { DEFAULT_SPACE, findSpaceFile } from '../../local/shipped/spaces.ts';
import { findStudent } from '../../local/shipped/students.ts';
import { readBytes } from '../../shared/io/store/files.ts';
import { measuredNotes } from '../../shared/labels/measured.ts';
import { BESIDE, beside } from '../../shared/models/companions.ts';
import { readStudentMetadata } from '../../shared/models/student-session.ts';
import { formatCount } from '../../shared/report/page/words.ts';
import { decodeSummary, type RunSummary, sourceName } from '../../shared/report/summary.ts';
import { planKey } from '../../shared/runs/run-keys.ts';
import { noteLabelsOnly } from '../models/labels-only-note.ts';
import { endingOnSignal, interruptible } from '../terminal/interruptible.ts';
import { formatTable } from '../terminal/output.ts';
import { tellInputs } from '../terminal/tell-inputs.ts';
import { note } from '../terminal/terminal.ts';
import { terminalWatch } from '../terminal/terminal-watch.ts';
import { inOptions, type RankingArguments, readRankingArguments } from './ranking-options.ts';

interface ScreenOptions extends RankingArguments {
  readonly space?: string;
  readonly compositions?: string;
  readonly student: string;
  readonly committee?: string;
  readonly labels?: string;
  readonly measured?: string;
  readonly workers: number;
  readonly chunks?: number;
  readonly out: string;
  readonly json?: boolean;
}

const STOPPED = 'stopped; finished chunks are kept: give the same command again to go on';
const COMMITTEE_COLUMNS = ['probability_mean', 'probability_std', 'probability_lower'] as const;

/** `screen`: score every composition of a space and rank the best. */
export async function runScreen(options: ScreenOptions): Promise<void> {
  const source =
    options.compositions === undefined
      ? { space: findSpaceFile(options.space ?? DEFAULT_SPACE) }
      : { compositions: resolve(options.compositions) };
  const { committee, measured, chunks, workers, out } = options;
  const { student, labels } = findStudent(options.student);
  const companions = { committee, labels: options.labels ?? labels, measured };
  const scorers = [student, committee ?? beside(student, BESIDE.committee)];
  await tellInputs([
    ...Object.values(source),
    ...scorers,
    companions.labels ?? beside(student, BESIDE.labels),
    measured,
  ]);
  const run = { ...source, student, ...companions, ...readRankingArguments(options), chunks, workers, out };
  const finished = await endingOnSignal(STOPPED, () =>
    runLocally(run, terminalWatch, (work) => interruptible(STOPPED, work)).catch((error) => {
      throw inOptions(error);
    }),
  );
  if (measured !== undefined) await noteMeasured(join(out, planKey(finished.runId, 'measured.csv')), measured);
  if ('hash' in decodeSummary(finished.summary).committee)
    noteLabelsOnly(readStudentMetadata(await readBytes(student), student));
  if (options.json) process.stdout.write(finished.summary);
  else process.stdout.write(describeRun(options.out, finished));
}

/** How the measurements were read that a run keeps. @param name of the file that was given */
async function noteMeasured(kept: string, name: string): Promise<void> {
  for (const line of measuredNotes(await readBytes(kept), name)) note(line);
}

function describeRun(out: string, { runId, summary: bytes, compared }: FinishedRun): string {
  const summary: RunSummary = decodeSummary(bytes);
  const { ranked, skipped } = summary;
  const folder = join(out, 'runs', runId);
  return [
    ...describeSheets(summary),
    describeScreened(summary),
    ...describeSkipped(skipped, join(folder, 'skipped.csv')),
    ...describeExcluded(summary.excluded),
    ...describeAbsent(summary),
    '\n',
    formatTop(summary),
    `\n${formatCount(ranked)} ranked in ${join(folder, 'ranking.csv')}\n`,
    compared.outcome === 'first' ? '' : `\n${compared.message}\n`,
  ].join('');
}

/** Which sheets of workbooks with several were read. */
function describeSheets({ list }: RunSummary): string[] {
  const files = list?.files ?? [];
  return files.flatMap(({ name, sheet }) => (sheet === undefined ? [] : [`of ${name} the sheet ${sheet} was read\n`]));
}

function describeScreened(summary: RunSummary): string {
  const { space, student, screened, passed, bounded } = summary;
  const systems = space === undefined ? '' : ` in ${formatCount(space.systems)} systems`;
  if (passed === undefined)
    return (
      `${formatCount(space?.compositions ?? screened)} compositions of ${sourceName(summary)}${systems}; ${formatCount(screened)} screened,` +
      ` ${formatCount(bounded?.compositions ?? 0)} in ${formatCount(bounded?.systems ?? 0)} systems bounded away: they cannot reach the ranking\n` +
      `so it is unknown how many reach probability ${student.threshold}\n`
    );
  const percent = ((100 * passed) / Math.max(1, screened)).toPrecision(3);
  return (
    `${formatCount(screened)} compositions of ${sourceName(summary)} screened${systems};` +
    ` ${formatCount(passed)} (${percent} %) reach probability ${student.threshold}\n` +
    (bounded === undefined ? '' : 'nothing could be bounded away\n')
  );
}

/** The first of the ranking, with what of the further columns is short. */
function formatTop({ top, committee }: RunSummary): string {
  const hasCommittee = 'hash' in committee;
  const header = ['rank', 'formula', 'system', 'probability', ...(hasCommittee ? ['mean', 'std', 'lower'] : [])];
  const rows = top.map((line) => [
    ...[line.rank, line.formula, line.system, line.probability.toFixed(6)],
    ...(hasCommittee ? COMMITTEE_COLUMNS.map((name) => Number(line[name]).toFixed(3)) : []),
  ]);
  return formatTable(header, rows);
}

function describeExcluded(excluded: RunSummary['excluded']): string[] {
  if (excluded === undefined) return [];
  const { unscored, passed } = excluded;
  const counts = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .map(([reason, count]) => `${formatCount(count)} ${reason}`)
      .join(', ') || 'none';
  const later = passed === undefined ? '' : `; of those that passed: ${counts(passed)}`;
  return [`left out before scoring: ${counts(unscored)}${later}\n`];
}

/** Why there are columns that are missing. */
function describeAbsent({ committee, labels }: RunSummary): string[] {
  return Object.entries({ committee, labels }).flatMap(([name, companion]) =>
    'absent' in companion ? [`no columns of the ${name}: ${companion.absent}\n`] : [],
  );
}

function describeSkipped(skipped: RunSummary['skipped'], file: string): string[] {
  if (skipped === undefined || skipped.total === 0) return [];
  const reasons = Object.entries(skipped.reasons).map(([reason, count]) => `${formatCount(count)} ${reason}`);
  const rows = skipped.total === 1 ? '1 row has' : `${formatCount(skipped.total)} rows have`;
  return [`${rows} no score (${reasons.join(', ')}), see ${file}\n`];
}
