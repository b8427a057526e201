import { formatTable } from '../../cli/terminal/output.ts';
import { InputError } from '../../shared/errors.ts';
import { formatCount } from '../../shared/report/page/words.ts';
import { medianOf } from '../statistics.ts';
import type { SoakSample } from './soak-samples.ts';

/** Part of the screening that is not judged: caches fill and code is compiled. */
const WARM_UP = 0.2;
/** Samples that a judgement needs at least. */
const LEAST_SAMPLES = 30;
/** Seconds of a rate, at least: chunks are counted whole, and take about one. */
const RATE_SECONDS = 60;
/** Growth of memory that is allowed, % an hour. */
export const MOST_MEMORY_GROWTH = 5;
/** Loss of rate that is allowed, % an hour. */
export const MOST_RATE_LOSS = 5;

/** A value at a time. */
export interface TimePoint {
  readonly seconds: number;
  readonly value: number;
}

/** What a quantity did while it was judged. */
export interface Course {
  readonly first: number; // median of the first third
  readonly last: number; // median of the last third
  readonly least: number;
  readonly most: number;
  readonly perHour: number; // slope of the line of least squares, % of its mean
}

/** What a soak showed. */
export interface SoakVerdict {
  readonly compositions: number; // when it was looked at last
  readonly chunks: number; // of them
  readonly seconds: number; // of the whole run
  readonly judgedSeconds: number; // of the part of the screening that was judged
  readonly samples: number; // in that part
  readonly peakMB: number; // of the whole run
  readonly memory: Course; // MB
  readonly handles: Course;
  readonly threads: Course;
  readonly rate: Course; // million compositions per second
  readonly cpuRate: Course; // the same of processor time
  readonly failures: readonly string[]; // none if the run is flat
}

/** Slope of the line of least squares through points, per second. Throws {@link RangeError} if they have one time only. */
export function slope(points: readonly TimePoint[]): number {
  const meanTime = points.reduce((sum, { seconds }) => sum + seconds, 0) / points.length;
  const meanValue = points.reduce((sum, { value }) => sum + value, 0) / points.length;
  let [covariance, variance] = [0, 0];
  for (const { seconds, value } of points) {
    covariance += (seconds - meanTime) * (value - meanValue);
    variance += (seconds - meanTime) ** 2;
  }
  if (!(variance > 0)) throw new RangeError('points of one time have no slope');
  return covariance / variance;
}

/** Samples while chunks are screened: neither planning nor what comes after the last chunk. */
export function screeningOf(samples: readonly SoakSample[]): SoakSample[] {
  const all = samples.at(-1)?.compositions ?? 0;
  return samples.filter(({ compositions }) => compositions > 0 && compositions < all);
}

/** Million compositions per second, and per second of processor time, between samples that are a minute apart. */
export function ratesOf(samples: readonly SoakSample[]): { readonly wall: TimePoint[]; readonly cpu: TimePoint[] } {
  const rates = { wall: [] as TimePoint[], cpu: [] as TimePoint[] };
  let from = samples[0];
  for (const to of samples) {
    if (to.seconds - from.seconds < RATE_SECONDS || to.cpuSeconds === from.cpuSeconds) continue;
    const [seconds, done] = [(from.seconds + to.seconds) / 2, (to.compositions - from.compositions) / 1e6];
    rates.wall.push({ seconds, value: done / (to.seconds - from.seconds) });
    rates.cpu.push({ seconds, value: done / (to.cpuSeconds - from.cpuSeconds) });
    from = to;
  }
  return rates;
}

function courseOf(points: readonly TimePoint[]): Course {
  const values = points.map(({ value }) => value);
  const third = Math.ceil(values.length / 3);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    first: medianOf(values.slice(0, third)),
    last: medianOf(values.slice(-third)),
    least: Math.min(...values),
    most: Math.max(...values),
    perHour: (100 * 3600 * slope(points)) / mean,
  };
}

/**
 * Judge a run by what it did while it screened, the first fifth left out: it fails if memory grows by more than
 * {@link MOST_MEMORY_GROWTH} % an hour, if there are more handles or threads in the last third than in the first (medians), or
 * if the rate per second of processor time falls by more than {@link MOST_RATE_LOSS} % an hour. The rate per second is
 * told and not judged: it depends on what else the machine does.
 *
 * @throws {InputError} if there are too few samples
 */
export function judgeSoak(samples: readonly SoakSample[]): SoakVerdict {
  const screening = screeningOf(samples);
  const judged = screening.slice(Math.ceil(WARM_UP * screening.length));
  const rates = ratesOf(judged);
  if (judged.length < LEAST_SAMPLES || rates.cpu.length < 2)
    throw new InputError(
      `${judged.length} samples of the screening are too few to judge`,
      {},
      `It takes ${LEAST_SAMPLES}: screen a larger space.`,
    );
  const course = (key: 'memoryMB' | 'handles' | 'threads'): Course =>
    courseOf(judged.map(({ seconds, [key]: value }) => ({ seconds, value })));
  const courses = {
    memory: course('memoryMB'),
    handles: course('handles'),
    threads: course('threads'),
    rate: courseOf(rates.wall),
    cpuRate: courseOf(rates.cpu),
  };
  const { seconds, compositions, chunks } = samples[samples.length - 1];
  return {
    seconds,
    compositions,
    chunks,
    judgedSeconds: judged[judged.length - 1].seconds - judged[0].seconds,
    samples: judged.length,
    peakMB: Math.max(...samples.map(({ peakMB }) => peakMB)),
    ...courses,
    failures: failuresOf(courses),
  };
}

type Courses = Pick<SoakVerdict, 'memory' | 'handles' | 'threads' | 'cpuRate'>;

function failuresOf({ memory, handles, threads, cpuRate }: Courses): string[] {
  const failures: string[] = [];
  const anHour = ({ perHour }: Course): string => `${Math.abs(perHour).toFixed(1)} % an hour`;
  if (memory.perHour > MOST_MEMORY_GROWTH) failures.push(`memory grows by ${anHour(memory)}`);
  for (const [name, { first, last }] of Object.entries({ handles, threads }))
    if (last > first) failures.push(`${name} grow from ${first} to ${last}`);
  if (cpuRate.perHour < -MOST_RATE_LOSS)
    failures.push(`the rate per second of processor time falls by ${anHour(cpuRate)}`);
  return failures;
}

/** A verdict for people. */
export function describeVerdict(verdict: SoakVerdict): string {
  const { compositions, chunks, seconds, judgedSeconds, samples, peakMB, failures } = verdict;
  const minutes = (of: number): string => `${(of / 60).toFixed(1)} min`;
  const row = (name: string, { first, last, least, most, perHour }: Course, digits: number): string[] => [
    name,
    ...[first, last, least, most].map((value) => value.toFixed(digits)),
    `${perHour > 0 ? '+' : ''}${perHour.toFixed(2)} %`,
  ];
  return [
    `${formatCount(compositions)} compositions in ${formatCount(chunks)} chunks in ${minutes(seconds)}, until the last look;`,
    ` peak memory ${peakMB.toFixed(0)} MB\n`,
    `judged: ${minutes(judgedSeconds)} of the screening, ${samples} samples\n\n`,
    formatTable(
      ['', 'first third', 'last third', 'least', 'most', 'an hour'],
      [
        row('resident memory, MB', verdict.memory, 1),
        row('open handles', verdict.handles, 0),
        row('threads', verdict.threads, 0),
        row('million compositions per second', verdict.rate, 2),
        row('the same of processor time', verdict.cpuRate, 2),
      ],
    ),
    `\n${failures.length === 0 ? 'flat' : `not flat: ${failures.join('; ')}`}\n`,
  ].join('');
}
