import type { BenchContext, Figure, OpenPart, Part } from './part.ts';
import { type Quartiles, ratioOf, spreadOf } from './statistics.ts';

/** What a part gave, or why it gave nothing. */
export type PartResult =
  | { readonly title: string; readonly skipped: string }
  | {
      readonly title: string;
      readonly figures: Readonly<Record<string, Figure & Quartiles>>;
      readonly remarks: readonly string[];
    };

/** A ratio of two figures of one round. */
export interface Ratio extends Quartiles {
  readonly title: string;
}

const RATIOS = [
  ['end-to-end / kernel, whole process', 'end-to-end', 'rate', 'kernel', 'rate'],
  ['end-to-end / kernel, screening stage', 'end-to-end', 'stageRate', 'kernel', 'rate'],
  ['end-to-end / kernel, processor time of the whole process', 'end-to-end', 'cpuRate', 'kernel', 'cpuRate'],
  ['screening a chunk / kernel, processor time', 'kernel', 'chunkCpuRate', 'kernel', 'cpuRate'],
  ['kernel / peak, products', 'kernel', 'flopRate', 'peak', 'flopRate'],
] as const;

/** Measure parts round by round in turn, so that what they are compared by is of one time. */
export async function measure(
  parts: readonly Part[],
  context: BenchContext,
  repeats: number,
): Promise<Record<string, PartResult>> {
  const results: Record<string, PartResult> = {};
  const open: {
    readonly part: Part;
    readonly opened: OpenPart;
    readonly rounds: Readonly<Record<string, number>>[];
  }[] = [];
  try {
    for (const part of parts) {
      const opened = await part.open(context);
      if (typeof opened === 'string') results[part.name] = { title: part.title, skipped: opened };
      else open.push({ part, opened, rounds: [] });
    }
    for (const { part, opened } of open) if (part.warmUp) await opened.round();
    for (let round = 0; round < repeats; round++) {
      const due = open.filter(({ part: { mostRounds = repeats } }) => round < mostRounds);
      for (const { part, opened, rounds } of due) {
        context.note(`${part.name}, round ${round + 1} of ${Math.min(repeats, part.mostRounds ?? repeats)}`);
        rounds.push(await opened.round());
      }
    }
    for (const { part, opened, rounds } of open) results[part.name] = resultOf(part, opened, rounds);
  } finally {
    for (const { opened } of open) await opened.close();
  }
  return results;
}

function resultOf(
  { title }: Part,
  { figures, remarks = [] }: OpenPart,
  rounds: readonly Readonly<Record<string, number>>[],
) {
  const measured = Object.entries(figures).map(([key, figure]) => [
    key,
    { ...figure, ...spreadOf(rounds.map((round) => round[key])) },
  ]);
  return { title, figures: Object.fromEntries(measured), remarks } satisfies PartResult;
}

/** Ratios whose both parts were measured, equally often. */
export function ratiosOf(parts: Readonly<Record<string, PartResult>>): Ratio[] {
  const figure = (part: string, key: string): Quartiles | undefined => {
    const result = parts[part];
    return result === undefined || 'skipped' in result ? undefined : result.figures[key];
  };
  return RATIOS.flatMap(([title, part, key, otherPart, otherKey]) => {
    const [numerator, denominator] = [figure(part, key), figure(otherPart, otherKey)];
    return numerator === undefined || denominator === undefined ? [] : [{ title, ...ratioOf(numerator, denominator) }];
  });
}
