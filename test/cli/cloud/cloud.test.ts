import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChunkCounts } from '../../../cli/cloud/aws-executions.ts';
import { formatDollars } from '../../../cli/cloud/estimate.ts';
import { chunkProgressLine, spentSoFar } from '../../../cli/cloud/progress.ts';
import { estimateCost } from '../../../shared/cost/cost-estimate.ts';
import type { PlanReceipt } from '../../../shared/planning/plan-run.ts';
import { runCli } from '../../run-cli.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-cloud-'));
});
afterAll(() => rm(root, { recursive: true }));

describe('cloud estimate', () => {
  it('tells chunks, cost, time and whether the run is within the limit of the stage', async () => {
    const options = ['--space', 'small', '--chunks', '20', '--concurrency', '5', '--stage', 'prod', '--json'];
    const { code, stdout } = await runCli(root, 'cloud', 'estimate', ...options);
    expect(code).toBe(0);
    const { predicted, ...told } = JSON.parse(stdout);
    expect(told).toEqual({
      source: 'small',
      compositions: 4500,
      work: 4500,
      chunks: 20,
      cost: estimateCost(4500, 20),
      concurrency: 5,
      platform: { architecture: 'arm64', memoryMB: 1769 },
      stage: 'prod',
      spendingLimit: 25,
      withinLimit: true,
    });
    expect(predicted).toMatchObject({ chunks: 20, throttled: 0, coldStarts: 5, lost: 0 });
    for (const { low, median, high } of [predicted.seconds, predicted.cost])
      expect([low, median, high]).toEqual([low, median, high].toSorted((a, b) => a - b));
  });

  it('cuts a space as the cloud does, by simulation', async () => {
    const { stdout } = await runCli(root, 'cloud', 'estimate');
    expect(stdout).toContain('296,910,906 compositions of ionic-quinary in 8 chunks\n');
    expect(stdout).toMatch(/\nabout \d+ s \(\d+ s to \d+ s\) with 8 chunks at once, on arm64 with 1,769 MB each\n/);
    expect(stdout).toMatch(/\nby simulation 0\.00\d+ \(0\.00\d+ to 0\.00\d+\) US dollars/);
  });

  it('tells how much is to be scored where criteria or bounds leave something out', async () => {
    const work = async (...options: string[]): Promise<number> =>
      JSON.parse((await runCli(root, 'cloud', 'estimate', '--space', 'small', '--json', ...options)).stdout).work;
    const [without, only] = [await work('--exclude', 'S'), await work('--require', 'S')];
    expect(without).toBeGreaterThan(0);
    expect(without + only).toBe(4500);
    expect(await work('--prune')).toBeLessThanOrEqual(4500);
  });

  it('reads a list of compositions', async () => {
    const list = join(root, 'list.csv');
    await writeFile(list, 'formula\nLi3PS4\nLi6PS5Cl\n');
    const { stdout } = await runCli(root, 'cloud', 'estimate', '--compositions', list, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ source: 'list.csv', compositions: 2, chunks: 1 });
  });

  it('refuses a stage that is not configured', async () => {
    const { code, stderr } = await runCli(root, 'cloud', 'estimate', '--space', 'small', '--stage', 'elsewhere');
    expect([code, stderr]).toEqual([2, expect.stringContaining('"elsewhere" is not one of dev, prod')]);
  });
});

it('a name that no stage can have is refused before anybody is called', async () => {
  const { code, stderr } = await runCli(root, 'cloud', 'list', '--stage', 'Prod!');
  expect([code, stderr]).toEqual([2, expect.stringContaining('--stage: "Prod!" is not a stage name of 2 to 16')]);
});

describe('progress', () => {
  const counts = (succeeded: number, running = 0): ChunkCounts => ({
    total: 100,
    pending: 100 - succeeded - running,
    succeeded,
    running,
    failed: 0,
    aborted: 0,
  });
  const plan = { compositions: 15e9, chunks: 100 };

  it('has the rate since the watch began, and the time left by it', () => {
    const [first, now] = [
      { seconds: 100, counts: counts(10) },
      { seconds: 110, counts: counts(30, 8) },
    ];
    expect(chunkProgressLine(plan, 0, first, now, true)).toBe(
      `[${'#'.repeat(9)}${'.'.repeat(21)}] 30 of 100 chunks done, 8 running, 0 failed, 300.00 million/s, 35 s left`,
    );
  });

  it('has the rate since the map began while nothing was finished since, and none at first', () => {
    const first = { seconds: 20, counts: counts(10) };
    expect(chunkProgressLine(plan, 0, first, first, false)).toContain('75.00 million/s, 3 min left');
    const nothing = { seconds: 20, counts: counts(0, 8) };
    expect(chunkProgressLine(plan, 0, nothing, nothing, false)).toBe('0 of 100 chunks done, 8 running, 0 failed');
  });

  it('counts every chunk that was begun as spent', () => {
    const receipt = { costEstimate: 2, chunks: 100 } as PlanReceipt;
    expect(spentSoFar(receipt, counts(20, 5))).toBe(0.5);
    expect(spentSoFar(receipt, undefined)).toBe(0);
  });

  it.each([
    [0, '0.00'],
    [1234.5, '1234.50'],
    [0.135, '0.135'],
    [0.00217, '0.00217'],
    [0.0000234, '0.0000234'],
  ])('%f US dollars are written %s', (dollars, text) => expect(formatDollars(dollars)).toBe(text));
});

it('no command but those that call AWS loads its SDK', async () => {
  const loaded = new Set<string>();
  const packages = new Set<string>();
  const load = async (file: string): Promise<void> => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const text = await readFile(join(ROOT, file), 'utf8');
    for (const [, specifier] of text.matchAll(/^(?:import|export) (?!type\b)[^;]*?from '([^']+)'/gm)) {
      if (specifier.startsWith('.')) await load(normalize(join(dirname(file), specifier)));
      else packages.add(specifier);
    }
  };
  await load(join('cli', 'main.ts'));
  expect(loaded.has(join('cli', 'cloud', 'cloud.ts'))).toBe(true);
  expect([...packages].filter((name) => name.startsWith('@aws-'))).toEqual([]);
});

describe('docs/how-to/deployment.md', () => {
  const guide = readFileSync(join(ROOT, 'docs', 'how-to', 'deployment.md'), 'utf8');

  it('shows scripts that exist', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const shown = [...guide.matchAll(/npm run -s ([\w:]+)/g)].map(([, name]) => name);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('shows commands and options that exist', async () => {
    const shown = [...guide.matchAll(/ionsieve -- cloud (\w+)([^`\n#]*)/g)];
    const names = [...new Set(shown.map(([, name]) => name))];
    const help = new Map(
      await Promise.all(
        names.map(async (name) => [name, (await runCli(root, 'cloud', name, '--help')).stdout] as const),
      ),
    );
    const unknown = shown.flatMap(([, name, rest]) =>
      (rest.match(/--[\w-]+/g) ?? []).filter((option) => !help.get(name)?.includes(`${option} `)),
    );
    expect(names.sort()).toEqual(['cancel', 'estimate', 'list', 'results', 'start', 'watch']);
    expect(unknown).toEqual([]);
  });
});
