import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { accessibilityFindings, browserPath, launch, type OpenedPage, openFile, RESULTS } from './browser.ts';
import { enlargedReport } from './enlarged-report.ts';

const executable = browserPath();
let scratch: string;
let report: string; // path of a report of the small space
let browser: Browser;

beforeAll(async () => {
  if (executable === undefined) return;
  scratch = await mkdtemp(join(tmpdir(), 'ionsieve-browser-'));
  await mkdir(RESULTS, { recursive: true });
  const { stdout, stderr, code } = await runCli(scratch, 'screen', '--space', 'small');
  expect(code, stderr).toBe(0);
  const ranking = / ranked in (.*ranking\.csv)/.exec(stdout)?.[1] as string;
  report = join(scratch, dirname(ranking), 'report.html');
  browser = await launch(executable);
});
afterAll(async () => {
  await browser?.close();
  if (scratch !== undefined) await rm(scratch, { recursive: true });
});

const rowsOf = (page: Page) => page.locator('#ranking > tbody > tr:not(.evidence):visible');
const columnOf = (page: Page, nth: number) => rowsOf(page).locator(`> :nth-child(${nth})`).allTextContents();
const statusOf = (page: Page) => page.locator('#status').textContent();

async function opened(work: (opened: OpenedPage) => Promise<void>, options?: Parameters<typeof openFile>[2]) {
  const one = await openFile(browser, report, options);
  try {
    await work(one);
    expect(one.complaints).toEqual([]);
    expect(one.requests).toEqual([]);
  } finally {
    await one.page.close();
  }
}

describe.skipIf(executable === undefined)('a report in Chromium, from a file', () => {
  it('shows the ranking and asks the network for nothing', () =>
    opened(async ({ page }) => {
      expect(await page.title()).toBe('Ranking of small');
      const lines = (await readFile(join(dirname(report), 'ranking.csv'), 'utf8')).trimEnd().split('\n').slice(1);
      expect(await rowsOf(page).count()).toBe(lines.length);
      expect(await columnOf(page, 2)).toEqual(lines.map((line) => line.split(',')[2]));
      await page.screenshot({ path: join(RESULTS, 'report-light.png'), fullPage: true });
    }));

  it('sorts by a column, in both directions, and says so to a screen reader', () =>
    opened(async ({ page }) => {
      const head = page.locator('#ranking thead th', { hasText: 'Committee' });
      await head.getByRole('button').click();
      expect(await head.getAttribute('aria-sort')).toBe('descending');
      const means = (await columnOf(page, 5)).map(Number);
      expect(means).toEqual([...means].sort((a, b) => b - a));
      await head.getByRole('button').click();
      expect(await head.getAttribute('aria-sort')).toBe('ascending');
      expect((await columnOf(page, 5)).map(Number)).toEqual([...means].sort((a, b) => a - b));
      expect(await page.locator('[aria-sort]').count()).toBe(1);
    }));

  it('filters by text, elements in and out, family and system', () =>
    opened(async ({ page }) => {
      const all = await columnOf(page, 3);
      await page.getByLabel('With', { exact: true }).fill('p s');
      await page.getByLabel('Without').fill('Cl');
      const kept = all.filter((system) => /-P\b/.test(system) && /-S\b/.test(system) && !system.includes('Cl'));
      expect(await columnOf(page, 3)).toEqual(kept);
      expect(await statusOf(page)).toBe(`${kept.length} of ${all.length} compositions shown`);
      await page.getByRole('checkbox', { name: 'Best of each system' }).check();
      expect(await columnOf(page, 3)).toEqual([...new Set(kept)]);
      await page.getByRole('button', { name: 'Reset' }).click();
      await expect.poll(() => rowsOf(page).count()).toBe(all.length);
      await page.getByLabel('Anion').selectOption('O');
      expect(await columnOf(page, 3)).toEqual(all.filter((system) => system.endsWith('-O')));
      await page.getByLabel('Search').fill('li7la');
      expect(await columnOf(page, 2)).toSatisfy((formulas: string[]) => formulas.every((one) => /^Li7La/.test(one)));
    }));

  it('filters by novelty and by what the training data know', () =>
    opened(async ({ page }) => {
      const at = (await page.locator('#ranking thead th').allTextContents()).indexOf('Novelty') + 1;
      const all = await columnOf(page, at);
      const kinds = [...new Set(all)].sort();
      expect(kinds.length).toBeGreaterThan(1);
      expect(await page.getByLabel('Novelty').locator('option').allTextContents()).toEqual(['any', ...kinds]);
      for (const kind of kinds) {
        await page.getByLabel('Novelty').selectOption(kind);
        expect(await columnOf(page, at)).toEqual(all.filter((one) => one === kind));
      }
      await page.getByLabel('Novelty').selectOption('any');
      await page.getByRole('checkbox', { name: 'Inside of training' }).check();
      const outside = (await page.locator('#ranking thead th').allTextContents()).indexOf('Outside training') + 1;
      expect(new Set(await columnOf(page, outside))).toEqual(new Set(['']));
    }));

  it('filters by an element of the periodic table', () =>
    opened(async ({ page }) => {
      const germanium = page.locator('#periodic').getByRole('button', { name: 'Ge' });
      await germanium.click();
      expect(await germanium.getAttribute('aria-pressed')).toBe('true');
      expect(await columnOf(page, 3)).toSatisfy((systems: string[]) => systems.every((one) => one.includes('Ge')));
      await germanium.click();
      expect(await statusOf(page)).toMatch(/^(\d+) of \1 /);
    }));

  it('opens the evidence of a formula by keyboard alone', () =>
    opened(async ({ page }) => {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the ranking');
      await page.keyboard.press('Enter');
      const first = rowsOf(page).first().getByRole('button');
      await first.focus();
      expect(await first.evaluate((button) => getComputedStyle(button).outlineStyle)).toBe('solid');
      await page.keyboard.press('Enter');
      expect(await first.getAttribute('aria-expanded')).toBe('true');
      const evidence = page.locator(`#${await first.getAttribute('aria-controls')}`);
      expect(await evidence.textContent()).toMatch(/Nearest labelled compounds.*Change of the score.*All figures/);
      await page.keyboard.press('Space');
      expect(await page.locator('.evidence').count()).toBe(0);
    }));

  it('gives as CSV what is shown, and of all of it ranking.csv itself', () =>
    opened(async ({ page }) => {
      const download = async (): Promise<string> => {
        const [file] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name: 'Download CSV' }).click(),
        ]);
        return readFile(await file.path(), 'utf8');
      };
      const csv = await readFile(join(dirname(report), 'ranking.csv'), 'utf8');
      expect(await download()).toBe(csv);
      await page.getByLabel('With', { exact: true }).fill('Ge');
      const [header, ...lines] = csv.trimEnd().split('\n');
      const kept = lines.filter((line) => line.split(',')[3].includes('Ge'));
      expect(await download()).toBe(`${[header, ...kept].join('\n')}\n`);
    }));

  it('copies as CSV what is shown', () =>
    opened(
      async ({ page }) => {
        await page.getByLabel('With', { exact: true }).fill('Ge');
        await page.getByRole('button', { name: 'Copy CSV' }).click();
        await expect.poll(() => page.getByRole('button', { name: 'Copied' }).count()).toBe(1);
        const copied = await page.evaluate(() => navigator.clipboard.readText());
        const csv = await readFile(join(dirname(report), 'ranking.csv'), 'utf8');
        const [header, ...lines] = csv.trimEnd().split('\n');
        const kept = lines.filter((line) => line.split(',')[3].includes('Ge'));
        expect(copied).toBe(`${[header, ...kept].join('\n')}\n`);
      },
      { permissions: ['clipboard-read', 'clipboard-write'] },
    ));

  it('follows the colours of the system', () =>
    opened(
      async ({ page }) => {
        expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(13, 17, 23)');
        await page.screenshot({ path: join(RESULTS, 'report-dark.png'), fullPage: true });
      },
      { colorScheme: 'dark' },
    ));

  it('fits a phone: only tables and maps scroll sideways', () =>
    opened(
      async ({ page }) => {
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
        await rowsOf(page).first().getByRole('button').click();
        const box = await page.locator('.evidence div').first().boundingBox();
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
        await page.screenshot({ path: join(RESULTS, 'report-phone.png') });
      },
      { viewport: { width: 360, height: 740 } },
    ));

  it('shows the ranking without scripts', () =>
    opened(
      async ({ page }) => {
        expect(await rowsOf(page).count()).toBeGreaterThan(100);
        expect(await page.locator('#filters').isVisible()).toBe(false);
      },
      { javaScriptEnabled: false },
    ));

  it.each(['light', 'dark'] as const)('has no finding of axe-core, %s', (colorScheme) =>
    opened(
      async ({ page }) => {
        await rowsOf(page).first().getByRole('button').click();
        expect(await accessibilityFindings(page)).toEqual([]);
      },
      { colorScheme },
    ),
  );

  it('prints all that is shown, without what works only on a screen', () =>
    opened(async ({ page }) => {
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('#filters').isVisible()).toBe(false);
      const clipped = await page.evaluate(() => getComputedStyle(document.querySelector('.tall') as Element).maxHeight);
      expect(clipped).toBe('none');
    }));
});

describe.skipIf(executable === undefined)('a report of 1,000 candidates', () => {
  it('stays below 2 MB and paints within a second, with the curves of the student, readable by all', async () => {
    const path = join(scratch, 'large.html');
    await writeFile(path, await enlargedReport(dirname(report), 1000));
    expect((await stat(path)).size).toBeLessThan(2e6);
    const { page, complaints } = await openFile(browser, path);
    const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
    expect(paint).toBeLessThan(1000);
    expect(complaints).toEqual([]);
    for (const name of ['Precision against recall', 'Calibration'])
      expect(await page.getByRole('img', { name }).count()).toBe(1);
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.locator('#student').scrollIntoViewIfNeeded();
    await page.screenshot({ path: join(RESULTS, 'report-student.png') });
    await page.close();
  });
});
