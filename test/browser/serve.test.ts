import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { accessibilityFindings, browserPath, launch, RESULTS } from './browser.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const executable = browserPath();
let scratch: string;
let browser: Browser;
let server: ChildProcess;
let address: string;

beforeAll(async () => {
  if (executable === undefined) return;
  scratch = await mkdtemp(join(tmpdir(), 'ionsieve-browser-'));
  await mkdir(RESULTS, { recursive: true });
  for (const excluded of ['Ge', 'La']) await runCli(scratch, 'screen', '--space', 'small', '--exclude', excluded);
  server = spawn(process.execPath, [MAIN, 'serve', 'out', '--port', '0', '--json'], { cwd: scratch });
  const [told] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  address = (JSON.parse(String(told)) as { url: string }).url;
  browser = await launch(executable);
});
afterAll(async () => {
  await browser?.close();
  server?.kill('SIGKILL');
  if (scratch !== undefined) await rm(scratch, { recursive: true });
});

describe.skipIf(executable === undefined)('the run browser in Chromium', () => {
  it.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)(
    'leads from the list to a report, back, and to a comparison: %s at %i pixels',
    async (colorScheme, width) => {
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => {
        if (!request.url().startsWith(address) && !request.url().startsWith('data:')) complaints.push(request.url());
      });
      await page.goto(address);
      expect(await page.getByRole('row').count()).toBe(3);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(await accessibilityFindings(page)).toEqual([]);
      await page.screenshot({ path: join(RESULTS, `runs-${colorScheme}.png`), fullPage: true });

      await page.getByRole('rowheader').first().getByRole('link').click();
      await page.waitForURL(/report\.html$/);
      await page.locator('#filters').waitFor(); // hidden until the script of the report ran
      await page.goBack();

      await page.getByRole('button', { name: 'Compare' }).press('Enter');
      await page.waitForURL(/compare\?(before|after)=[0-9a-f]+&(before|after)=[0-9a-f]+$/);
      expect(await page.getByRole('rowheader', { name: 'option exclude' }).count()).toBe(1);
      expect(await accessibilityFindings(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});
