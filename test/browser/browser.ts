import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const AXE = fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url));
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Where screenshots are kept. */
export const RESULTS = fileURLToPath(new URL('../../test-results/', import.meta.url));

/**
 * Path of the system's Chromium, or undefined where there is none: tests that need it are then skipped visibly. In CI a
 * missing browser is a failure.
 */
export function browserPath(): string | undefined {
  const places = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = places.find((place) => existsSync(place));
  if (found === undefined && process.env.CI === 'true')
    throw new Error(`none of ${NAMES.join(', ')} is installed, and in CI nothing may be skipped`);
  return found;
}

/** A page that was opened from a file, with all that it complained about or asked for. */
export interface OpenedPage {
  readonly page: Page;
  readonly complaints: readonly string[]; // errors and warnings
  readonly requests: readonly string[]; // addresses, the page's own left out
}

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox'] }); // CI runs as root
}

/** Open a file by its `file:` address. */
export async function openFile(
  browser: Browser,
  path: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const complaints: string[] = [];
  const requests: string[] = [];
  const address = pathToFileURL(path).href;
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (request.url() !== address && !request.url().startsWith('data:')) requests.push(request.url());
  });
  await page.goto(address);
  return { page, complaints, requests };
}

/** What axe-core finds against accessibility, one line a finding. The page's policy forbids to add scripts, so it is passed by the debugger. */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: await readFile(AXE, 'utf8') });
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression:
      'axe.run().then(({ violations }) => violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => [id, help, html].join(": "))))',
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
  return result.value as string[];
}
