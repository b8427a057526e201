import { describe, expect, it } from 'vitest';
import { type ListedRun, runsPage } from '../../shared/report/runs-page.ts';

const RUN: ListedRun = {
  runId: '0123456789abcdef0123',
  source: 'small',
  student: { name: 'student.onnx', hash: 'f'.repeat(64) },
  changed: new Date('2026-01-02T03:04:05Z'),
  chunks: { done: 2, total: 40 },
  files: [],
};
const FINISHED: ListedRun = {
  ...RUN,
  runId: 'fedcba98765432100123',
  finished: { screened: 12_345, passed: 5, top: 'Li3PS4' },
  files: ['report.html', 'ranking.csv'],
};

describe('the list of runs', () => {
  it('tells how far a run is, and offers it neither as a report nor for a comparison', () => {
    const page = runsPage('out', [RUN], []);
    expect(page).toContain('1 run is kept in <code>out</code>');
    expect(page).toContain(
      '2 of 40 chunks done, <time datetime="2026-01-02T03:04:05.000Z">2026-01-02 03:04 UTC</time>',
    );
    expect(page).not.toContain('type="radio"');
    expect(page).not.toContain('report.html');
  });

  it('marks the two newest complete runs, the older one as before', () => {
    const older = { ...FINISHED, runId: 'a'.repeat(20) };
    const page = runsPage('out', [RUN, FINISHED, older], []);
    expect(page).toContain('12,345</td><td>5 (0.0405 %)</td>');
    expect(page).toContain(
      `name="after" value="${FINISHED.runId}" aria-label="after: small fedcba98" required checked>`,
    );
    expect(page).toContain(
      `name="before" value="${older.runId}" aria-label="before: small aaaaaaaa" required checked>`,
    );
    expect(page.match(/ checked>/g)).toHaveLength(2);
    expect(page).toContain(`href="runs/${FINISHED.runId}/ranking.csv"`);
  });

  it('says that bounds leave unknown how many pass', () => {
    expect(runsPage('out', [{ ...FINISHED, finished: { screened: 9 } }], [])).toContain('<td>unknown</td>');
  });

  it('runs nothing of what names contain', () => {
    const evil = `"><script>alert('1')</script>`;
    const run = { ...FINISHED, source: evil, student: { name: evil, hash: evil } };
    const page = runsPage(evil, [run], [evil]);
    expect(page).not.toContain('<script');
    expect(page).toContain("form-action 'self'");
    expect(page).not.toContain('script-src');
  });

  it('says what to do where there is no run', () => {
    expect(runsPage('out', [], [])).toContain('ionsieve screen --space small --out out');
  });
});
