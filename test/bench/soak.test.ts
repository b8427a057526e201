import { describe, expect, it } from 'vitest';
import { parseProcess, readProcess } from '../../bench/soak/process-state.ts';
import { describeVerdict, judgeSoak, ratesOf, screeningOf, slope } from '../../bench/soak/soak-judgement.ts';
import { drawSoak } from '../../bench/soak/soak-plot.ts';
import { formatSample, parseSamples, SAMPLES_HEADER, type SoakSample } from '../../bench/soak/soak-samples.ts';
import { InputError } from '../../shared/errors.ts';

/** A sample every ten seconds: planning for a minute, an hour of screening, a minute of ranking. */
function run(change: (minutes: number) => Partial<SoakSample> = () => ({})): SoakSample[] {
  return Array.from({ length: 6 + 360 + 6 }, (_, i) => {
    const chunks = 10 * Math.min(360, Math.max(0, i - 5));
    const course = { seconds: 10 * i, cpuSeconds: 9 * i, chunks, compositions: 9e6 * chunks };
    return { ...course, memoryMB: 300, peakMB: 400, handles: 26, threads: 13, ...change(i / 6) };
  });
}

describe('slope of the line of least squares', () => {
  it('is that of the line where all points lie on one', () => {
    const points = [5, 1, 3].map((seconds) => ({ seconds, value: 7 - 2 * seconds }));
    expect(slope(points)).toBeCloseTo(-2, 12);
  });

  it('is the one that is worked out by hand', () => {
    // means 1 and 2; sum of products (-1)(-1) + 0·(-1) + 1·2 = 3; sum of squares 2
    const points = [1, 1, 4].map((value, seconds) => ({ seconds, value }));
    expect(slope(points)).toBeCloseTo(1.5, 12);
  });

  it('is none of a single moment', () => {
    expect(() => slope([{ seconds: 1, value: 1 }])).toThrow(RangeError);
  });
});

describe('judgement of a soak', () => {
  it('calls a flat run flat', () => {
    const verdict = judgeSoak(run());
    expect(verdict.failures).toEqual([]);
    expect(verdict).toMatchObject({ seconds: 3710, compositions: 3.24e10, chunks: 3600, peakMB: 400 });
    expect(verdict.memory).toEqual({ first: 300, last: 300, least: 300, most: 300, perHour: 0 });
    // ten chunks of nine million in ten seconds, nine of them of the processor
    expect(verdict.rate.last).toBeCloseTo(9, 9);
    expect(verdict.cpuRate.last).toBeCloseTo(10, 9);
    expect(verdict.cpuRate.perHour).toBeCloseTo(0, 9);
  });

  it('fails where memory grows by more than 5 % an hour', () => {
    const growing = (share: number) => run((minutes) => ({ memoryMB: 300 * (1 + (share * minutes) / 60) }));
    expect(judgeSoak(growing(0.04)).failures).toEqual([]);
    expect(judgeSoak(growing(0.1)).failures).toEqual([expect.stringMatching(/^memory grows by 9\.\d % an hour$/)]);
  });

  it('fails where one handle or thread is left over, but not where one is open now and then', () => {
    expect(judgeSoak(run((minutes) => ({ handles: minutes > 40 ? 27 : 26 }))).failures).toEqual([
      'handles grow from 26 to 27',
    ]);
    expect(judgeSoak(run((minutes) => ({ threads: minutes > 40 ? 14 : 13 }))).failures).toEqual([
      'threads grow from 13 to 14',
    ]);
    expect(judgeSoak(run((minutes) => ({ handles: minutes % 5 === 0 ? 27 : 26 }))).failures).toEqual([]);
  });

  it('fails where a composition takes more and more processor time, and not where others take the processor', () => {
    const slower = run((minutes) => ({ cpuSeconds: 54 * minutes * (1 + minutes / 600) }));
    expect(judgeSoak(slower).failures).toEqual([
      expect.stringMatching(/^the rate per second of processor time falls by 1\d\.\d % an hour$/),
    ]);
    const crowded = run((minutes) => ({ seconds: 60 * minutes * (1 + minutes / 60) }));
    expect(judgeSoak(crowded).failures).toEqual([]);
    expect(judgeSoak(crowded).rate.perHour).toBeLessThan(-5);
  });

  it('leaves out planning, the first fifth of the screening and what comes after it', () => {
    const outside = run((minutes) => (minutes < 13 || minutes > 61 ? { memoryMB: 2000, handles: 99 } : {}));
    expect(judgeSoak(outside).failures).toEqual([]);
    expect(judgeSoak(outside).memory.most).toBe(300);
    expect(screeningOf(run())).toHaveLength(359);
  });

  it('refuses to judge a short run', () => {
    expect(() => judgeSoak(run().slice(0, 30))).toThrow(InputError);
    expect(() => judgeSoak([])).toThrow('0 samples of the screening are too few to judge');
  });

  it('takes rates over a minute at least, and none where no processor time was had', () => {
    const { cpu } = ratesOf(
      run((minutes) => (minutes > 20 && minutes < 30 ? { cpuSeconds: 1080 } : {})).slice(12, 200),
    );
    expect(cpu.every(({ value }) => Number.isFinite(value))).toBe(true);
    expect(cpu.slice(0, 5).map(({ seconds }) => seconds)).toEqual([150, 210, 270, 330, 390]);
  });

  it('says in a table what it saw', () => {
    const text = describeVerdict(judgeSoak(run()));
    expect(text).toContain('32,400,000,000 compositions in 3,600 chunks in 61.8 min');
    expect(text).toMatch(/^resident memory, MB +300\.0 +300\.0 +300\.0 +300\.0 +0\.00 %$/m);
    expect(text).toMatch(/\nflat\n$/);
  });
});

describe('samples', () => {
  it('are the same when written and read again', () => {
    const samples = run().slice(0, 20);
    expect(parseSamples(SAMPLES_HEADER + samples.map(formatSample).join(''), 'samples.csv')).toEqual(samples);
  });

  it('name the line that is damaged', () => {
    const text = `${SAMPLES_HEADER}${formatSample(run()[0])}${formatSample(run()[1]).replace('300', 'much')}`;
    expect(() => parseSamples(text, 'samples.csv')).toThrow('samples.csv:3:memoryMB');
  });

  it('are drawn as five plots in one picture that needs nothing else', () => {
    const picture = drawSoak(run());
    expect(picture).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(picture.match(/role="img"/g)).toHaveLength(5);
    expect(picture).not.toMatch(/NaN|undefined|<script|href=/);
  });
});

describe('the state of a process', () => {
  const status = 'Name:\tnode\nVmHWM:\t    2000 kB\nVmRSS:\t    1000 kB\n';
  const stat = '7 (a) b (c) S 1 7 7 0 -1 0 0 0 0 0 1234 66 0 0 39 19 13 0 1000 0 0\n';

  it('is read from what the kernel writes, whatever the program is called', () => {
    expect(parseProcess(stat, status, 26)).toEqual({
      memoryMB: 1.024,
      peakMB: 2.048,
      handles: 26,
      threads: 13,
      cpuSeconds: 13,
    });
  });

  it('is none of a process that has ended, or waits to be reaped', async () => {
    expect(parseProcess(stat, 'Name:\tnode\nState:\tZ (zombie)\n', 0)).toBeUndefined();
    expect(await readProcess(2 ** 22 + 1)).toBeUndefined(); // more than Linux gives to processes
  });

  it.skipIf(process.platform !== 'linux')('is that of this process', async () => {
    const state = await readProcess(process.pid);
    expect(state?.peakMB).toBeGreaterThanOrEqual(10);
    expect(state?.handles).toBeGreaterThan(2);
    const { user, system } = process.cpuUsage();
    expect(state?.cpuSeconds).toBeLessThanOrEqual((user + system) / 1e6 + 1);
    expect(state?.cpuSeconds).toBeGreaterThan((user + system) / 1e6 - 5);
  });
});
