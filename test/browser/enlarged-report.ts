import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HeldOutCurves } from '../../shared/models/held-out-curves.ts';
import { readStudentMetadata } from '../../shared/models/student-session.ts';
import { RANKING_COLUMNS, type RankedComposition } from '../../shared/ranking/ranking.ts';
import { reportPage } from '../../shared/report/report-page.ts';
import { decodeSummary } from '../../shared/report/summary.ts';

const STUDENT = new URL('../../models/student.onnx', import.meta.url);

const FOLDS = 5;
const POINTS = 50;
const BINS = 10;

/** Curves of the size that a card has. */
function curvesOf(fold: number): HeldOutCurves {
  const point = (i: number) => ({ recall: (i + 1) / POINTS, precision: 1 - ((i + fold) / POINTS) ** 3 / 2 });
  const bin = (i: number) => ({ count: 2 ** (BINS - i), probability: (i + 0.5) / BINS, positives: (i / BINS) ** 1.2 });
  return {
    precisionRecall: Array.from({ length: POINTS }, (_, i) => point(i)),
    reliability: Array.from({ length: BINS }, (_, i) => bin(i)),
  };
}

/** The report of a run whose lines are repeated until there are so many. */
export async function enlargedReport(run: string, count: number): Promise<string> {
  const summary = decodeSummary(await readFile(join(run, 'summary.json')));
  const [header, ...lines] = (await readFile(join(run, 'ranking.csv'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => line.split(',').map((cell) => (cell === '' || Number.isNaN(Number(cell)) ? cell : Number(cell))));
  const repeated = Array.from({ length: count }, (_, i) => lines[i % lines.length]);
  const further = header.slice(RANKING_COLUMNS.length).map(String);
  return reportPage({
    summary: { ...summary, ranked: count },
    student: readStudentMetadata(await readFile(STUDENT), 'student.onnx'),
    curves: Array.from({ length: FOLDS }, (_, fold) => curvesOf(fold)),
    ranking: repeated.map(
      (cells, i) =>
        ({
          ...Object.fromEntries(RANKING_COLUMNS.map((name, c) => [name, cells[c]])),
          rank: i + 1,
        }) as RankedComposition,
    ),
    columns: further.map((name, c) => ({
      name,
      type: 'STRING',
      description: summary.columns[name],
      values: repeated.map((cells) => cells[RANKING_COLUMNS.length + c]),
    })),
  });
}
