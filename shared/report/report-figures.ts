import { axisX, cell, type Markish, rectY, ruleX, ruleY, text } from '@observablehq/plot';
import { atomicNumber } from '../chemistry/elements.ts';
import { MODIFIED_PETTIFOR } from '../chemistry/pettifor.ts';
import { type Html, html } from './page/html.ts';
import { figure } from './page/plot.ts';
import { COUNTS, countClass } from './page/shades.ts';
import { formatCount } from './page/words.ts';
import type { RunSummary } from './summary.ts';

const PROBABILITIES = [1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999];
const logit = (probability: number): number => Math.log(probability / (1 - probability));

type Histogram = NonNullable<RunSummary['histogram']>;

interface Bar {
  readonly low: number; // logits
  readonly high: number; // exclusive
  readonly count: number;
}

/** How many compositions have which probability, on scales on which both ends can be seen. */
export function histogramFigure({ edges, counts }: Histogram, student: RunSummary['student']): Html {
  const width = edges[1] - edges[0];
  const bars = counts.flatMap((count, i): Bar[] => {
    const low = i === 0 ? edges[0] - width : edges[i - 1];
    return count === 0 ? [] : [{ low, high: low + width, count }];
  });
  const threshold = logit(student.threshold);
  const ends = [Math.min(threshold, bars[0].low), Math.max(threshold, bars[bars.length - 1].high)];
  return figure(
    `Compositions by probability; both scales are stretched (logarithm of the odds, logarithm of the number). The line is the threshold ${student.threshold}.`,
    {
      width: 720,
      height: 280,
      marginLeft: 64,
      ariaLabel: 'Histogram of probabilities',
      x: { label: null, domain: ends },
      y: { label: 'compositions', type: 'log', domain: [0.5, 2 * Math.max(...counts)], grid: true, tickFormat: '~s' },
      marks: histogramMarks(bars, threshold, ends),
    },
  );
}

function histogramMarks(bars: readonly Bar[], threshold: number, [low, high]: readonly number[]): Markish[] {
  const ticks = PROBABILITIES.filter((probability) => logit(probability) >= low && logit(probability) <= high);
  const fill = (bar: Bar): string => `var(${bar.low >= threshold ? '--q4' : '--q2'})`;
  return [
    rectY(bars, { x1: 'low', x2: 'high', y1: 0.5, y2: 'count', fill }),
    ruleX([threshold], { strokeDasharray: '4,3' }),
    ruleY([0.5]),
    axisX(ticks.map(logit), { tickFormat: (_: number, i: number) => String(ticks[i]), label: 'probability' }),
  ];
}

/** Rows of the table behind {@link histogramFigure}: compositions between probabilities. */
export function histogramRows({ edges, counts }: Histogram): [string, string][] {
  const bounds = [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1];
  const sums = new Array<number>(bounds.length - 1).fill(0);
  counts.forEach((count, i) => {
    const low = i === 0 ? 0 : 1 / (1 + Math.exp(-edges[i - 1]));
    sums[bounds.findLastIndex((bound) => bound <= low)] += count;
  });
  return sums.map((sum, i) => [`${bounds[i]} to ${bounds[i + 1]}`, formatCount(sum)]);
}

/** What a map needs of a ranked composition. */
export interface MappedSystem {
  readonly anion: string;
  readonly partners: readonly string[]; // its elements but the anion and the mobile ion
}

/** Ranked compositions by anion and partner, in the order in which elements replace each other in crystals. */
export function systemMap(systems: readonly MappedSystem[]): Html {
  const counts = new Map<string, { anion: string; partner: string; count: number }>();
  for (const { anion, partners } of systems)
    for (const partner of partners) {
      const place = counts.get(`${anion} ${partner}`) ?? { anion, partner, count: 0 };
      place.count++;
      counts.set(`${anion} ${partner}`, place);
    }
  const cells = [...counts.values()];
  const partners = inOrder(cells.map(({ partner }) => partner));
  const anions = inOrder(cells.map(({ anion }) => anion));
  const classes = COUNTS.map((_, i) => i).slice(1);
  return html`${figure(
    'Ranked compositions by most electronegative element (rows) and other elements (columns), in the order of the modified Pettifor scale.',
    {
      width: Math.max(240, 60 + 24 * partners.length),
      height: 60 + 26 * anions.length,
      marginLeft: 40,
      padding: 0.06,
      ariaLabel: 'Map of chemical systems',
      x: { domain: partners, label: null, tickSize: 0 },
      y: { domain: anions, label: null, tickSize: 0 },
      color: { type: 'ordinal', domain: classes, range: classes.map((i) => `var(--q${i})`) },
      marks: [
        cell(cells, { x: 'partner', y: 'anion', fill: ({ count }) => countClass(count) }),
        text(cells, {
          x: 'partner',
          y: 'anion',
          text: 'count',
          fontSize: 9,
          fill: ({ count }) => `var(--t${countClass(count)})`,
        }),
      ],
    },
  )}`;
}

function inOrder(symbols: readonly string[]): string[] {
  const position = (symbol: string): number => MODIFIED_PETTIFOR[atomicNumber(symbol) as number];
  return [...new Set(symbols)].sort((a, b) => position(a) - position(b));
}
