import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { accessibilityFindings, browserPath, launch, openFile, RESULTS } from './browser.ts';

const executable = browserPath();
let scratch: string;
let browser: Browser;

beforeAll(async () => {
  if (executable === undefined) return;
  scratch = await mkdtemp(join(tmpdir(), 'ionsieve-browser-'));
  await mkdir(RESULTS, { recursive: true });
  const ids: string[] = [];
  for (const excluded of ['Ge', 'La']) {
    const { stdout } = await runCli(scratch, 'screen', '--space', 'small', '--exclude', excluded, '--json');
    ids.push((JSON.parse(stdout) as { runId: string }).runId);
  }
  const { code, stderr } = await runCli(scratch, 'compare', ...ids, '--out', 'page.html');
  expect(code, stderr).toBe(0);
  browser = await launch(executable);
});
afterAll(async () => {
  await browser?.close();
  if (scratch !== undefined) await rm(scratch, { recursive: true });
});

describe.skipIf(executable === undefined)('a comparison in Chromium, from a file', () => {
  it.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)('is quiet, complete and accessible, %s at %i pixels', async (colorScheme, width) => {
    const { page, complaints, requests } = await openFile(browser, join(scratch, 'page.html'), {
      colorScheme,
      viewport: { width, height: 800 },
    });
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
      'Why',
      'Entered',
      'Left',
      'Moved, farthest first',
    ]);
    expect(await page.getByRole('rowheader', { name: 'option exclude' }).count()).toBe(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(await accessibilityFindings(page)).toEqual([]);
    expect([...complaints, ...requests]).toEqual([]);
    await page.screenshot({ path: join(RESULTS, `comparison-${colorScheme}.png`), fullPage: true });
    await page.close();
  });
});
