import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { screenByCli, stageSeconds } from '../../bench/screening-parts.ts';
import { packagePath } from '../../local/shipped/package-root.ts';

it('measures the command line from its start to its end, and leaves nothing behind', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'ionsieve-'));
  const space = packagePath('data/spaces/small.json');
  const run = await screenByCli({ scratch, studentOption: 'labels', threads: 1 }, space);
  expect(run.compositions).toBe(4500);
  expect(run.seconds).toBeGreaterThan(run.stageSeconds);
  expect(run.cpuSeconds).toBeGreaterThan(0);
  expect(run.peakMB).toBeGreaterThan(50);
  expect(await readdir(scratch)).toEqual([]);
  await rm(scratch, { recursive: true });
});

it('reads the time of the screening stage from what the command says, and misses it if it says nothing', () => {
  expect(stageSeconds('reading …\nscreened 13,336 compositions in 0.3 s: 0.04 million/s\n')).toBe(0.3);
  expect(() => stageSeconds('')).toThrow('not told');
});
