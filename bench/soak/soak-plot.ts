import { lineY, type PlotOptions, ruleY } from '@observablehq/plot';
import { COLORS, drawing } from '../../shared/report/page/plot.ts';
import { ratesOf, screeningOf, type TimePoint } from './soak-judgement.ts';
import type { SoakSample } from './soak-samples.ts';

const [WIDTH, HEIGHT] = [760, 130]; // of one plot

/**
 * Memory, handles, threads and both rates against time, below one another, as one SVG picture. Every scale begins at 0, so that
 * what looks flat is flat.
 */
export function drawSoak(samples: readonly SoakSample[]): string {
  const course = (value: (sample: SoakSample) => number): TimePoint[] =>
    samples.map((sample) => ({ seconds: sample.seconds, value: value(sample) }));
  const { wall, cpu } = ratesOf(screeningOf(samples));
  const plots: readonly (readonly [string, readonly TimePoint[]])[] = [
    ['resident memory, MB', course(({ memoryMB }) => memoryMB)],
    ['open handles', course(({ handles }) => handles)],
    ['threads', course(({ threads }) => threads)],
    ['million compositions per second', wall],
    ['million compositions per second of processor time', cpu],
  ];
  const end = (samples.at(-1)?.seconds ?? 0) / 60;
  const drawn = plots.map(([label, points], i) => {
    const options = plotOptions(label, points, end);
    return `<g transform="translate(0 ${i * HEIGHT})">${drawing(options).replaceAll(/\d+\.\d{2,}/g, rounded)}</g>`;
  });
  const height = plots.length * HEIGHT;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">` +
    `<title>A soak: what a run takes, against minutes</title>` +
    `<rect width="${WIDTH}" height="${height}" fill="white"/>${drawn.join('')}</svg>\n`
  );
}

/** Tenths of a pixel will do. */
function rounded(coordinate: string): string {
  return String(Math.round(10 * Number(coordinate)) / 10);
}

function plotOptions(label: string, points: readonly TimePoint[], end: number): PlotOptions {
  const most = Math.max(1e-9, ...points.map(({ value }) => value));
  return {
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 56,
    marginTop: 24,
    marginBottom: 32,
    ariaLabel: label,
    x: { label: 'minutes', domain: [0, end] },
    y: { label, domain: [0, 1.1 * most], grid: true, ticks: 4, nice: true },
    marks: [
      ruleY([0]),
      lineY(points, { x: ({ seconds }: TimePoint) => seconds / 60, y: 'value', stroke: COLORS[0], strokeWidth: 1.2 }),
    ],
  };
}
