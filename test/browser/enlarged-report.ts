import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readStudentMetadata } from '../../shared/onnx/student-session.ts';
import { RANKING_COLUMNS, type RankedComposition } from '../../shared/ranking/ranking.ts';
import { reportPage } from '../../shared/report/report-page.ts';
import { decodeSummary } from '../../shared/report/run-outputs.ts';

const STUDENT = new URL('../../models/student.onnx', import.meta.url);

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
    ranking: repeated.map(
      (cells, i) =>
        ({
          ...Object.fromEntries(RANKING_COLUMNS.map((name, c) => [name, cells[c]])),
          rank: i + 1,
        }) as RankedComposition,
    ),
    columns: further.map((name, c) => ({
      ...{ name, type: 'STRING', description: summary.columns[name] },
      values: repeated.map((cells) => cells[RANKING_COLUMNS.length + c]),
    })),
  });
}
