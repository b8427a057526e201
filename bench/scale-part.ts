import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packagePath } from '../local/shipped/package-root.ts';
import { createRandom, randomInteger, shuffle } from '../shared/random.ts';
import { buildSpace } from '../shared/space/space.ts';
import { parseSpace } from '../shared/space/space-file.ts';
import type { BenchContext, Figure, OpenPart, Part } from './part.ts';
import { screenByCli } from './screening-parts.ts';

const WHOLE = packagePath('data/spaces/paper-scale.json');
const FIXED = packagePath('data/spaces/small.json'); // 1.3e4 compositions: all of its time is fixed costs
const SIZES = [1e6, 1e7, 1e8, 1e9];
const DRAWN = 60; // parts of each size, at most
const CLOSE = 0.2; // difference, in size and stoichiometries of a system, from which on a part will do
const ALWAYS = 'O'; // in each of them: without an anion there is no composition

/** A space file as it is written. */
interface SpaceFile {
  readonly name: string;
  readonly elements: readonly string[];
  readonly arity: readonly [least: number, most: number];
}

/** Part of a space with fewer elements. */
interface Subspace {
  readonly file: string;
  readonly compositions: number;
  readonly systems: number;
  readonly classes: number; // of systems that share their amounts, which are listed once for each class
}

/**
 * Parts of a space, for each size one of many drawn that is near to it and like the whole: a system's
 * stoichiometries, on whose number the time of a composition depends too, are as many as in the whole on average.
 */
async function writeSubspaces(
  { scratch, seed }: BenchContext,
  whole: Subspace,
  sizes: readonly number[],
): Promise<Subspace[]> {
  const directory = join(scratch, 'spaces');
  await mkdir(directory, { recursive: true });
  const definition = JSON.parse(await readFile(whole.file, 'utf8')) as SpaceFile;
  const perSystem = whole.compositions / whole.systems;
  const random = createRandom(seed);
  const parts: Subspace[] = [];
  for (const size of sizes) {
    let [best, least] = ['', Number.POSITIVE_INFINITY];
    const share = (size / whole.compositions) ** (1 / (definition.arity[1] - 1)); // of the elements
    const count = Math.max(definition.arity[1], Math.round(share * definition.elements.length));
    for (let draw = 0; draw < DRAWN && least > CLOSE; draw++) {
      const elements = [
        ALWAYS,
        ...shuffle(
          definition.elements.filter((symbol) => symbol !== ALWAYS),
          random,
        ),
      ].slice(0, count + randomInteger(random, 4) - 1);
      const text = JSON.stringify({ ...definition, name: `${definition.name}-${size}`, elements });
      const { compositions, systems } = countsOf(text, definition.name);
      const difference =
        Math.abs(Math.log(compositions / size)) + Math.abs(Math.log(compositions / systems / perSystem));
      if (difference < least) [best, least] = [text, difference];
    }
    const file = join(directory, `${size}.json`);
    await writeFile(file, best);
    parts.push({ file, ...countsOf(best, file) });
  }
  return parts;
}

function countsOf(text: string, file: string): Omit<Subspace, 'file'> {
  const { compositions, classes } = buildSpace(parseSpace(text, file));
  return { compositions, systems: classes.reduce((sum, { systems }) => sum + systems, 0), classes: classes.length };
}

function figuresOf(name: string): Record<string, Figure> {
  return {
    [`${name} net`]: { title: `${name}: time of a composition, fixed costs subtracted`, unit: 'ns' },
    [`${name} stage`]: { title: `${name}: the same, of the screening stage`, unit: 'ns' },
    [`${name} cpu`]: { title: `${name}: processor time of a composition, fixed costs subtracted`, unit: 'ns' },
    [`${name} seconds`]: { title: `${name}: whole process`, unit: 's' },
    [`${name} peakMB`]: { title: `${name}: peak memory`, unit: 'MB' },
  };
}

/** The command line on spaces that differ in size alone. */
export const scale: Part = {
  name: 'scale',
  title: 'time of a composition and memory against the size of the space; parts of paper-scale with fewer elements',
  warmUp: false,
  async open(context): Promise<OpenPart> {
    const whole: Subspace = { file: WHOLE, ...countsOf(await readFile(WHOLE, 'utf8'), WHOLE) };
    const spaces = await writeSubspaces(context, whole, SIZES);
    const measured = context.full ? [...spaces, whole] : spaces;
    const nameOf = ({ compositions }: Subspace): string => compositions.toExponential(1);
    return {
      figures: {
        fixedSeconds: { title: 'fixed costs: whole process on the small space', unit: 's' },
        ...Object.assign({}, ...measured.map((space) => figuresOf(nameOf(space)))),
      },
      remarks: measured.map(({ compositions, systems, classes }) => {
        const [perSystem, perClass] = [compositions / systems, systems / classes].map((mean) => mean.toFixed(1));
        return `${compositions} compositions, ${perSystem} a system, ${perClass} systems a class`;
      }),
      async round() {
        const base = await screenByCli(context, FIXED);
        const values: Record<string, number> = { fixedSeconds: base.seconds };
        for (const space of measured) {
          const name = nameOf(space);
          context.note(`scale, ${name}`);
          const { compositions, seconds, stageSeconds, cpuSeconds, peakMB } = await screenByCli(context, space.file);
          values[`${name} net`] = (1e9 * (seconds - base.seconds)) / compositions;
          values[`${name} stage`] = (1e9 * stageSeconds) / compositions;
          values[`${name} cpu`] = (1e9 * (cpuSeconds - base.cpuSeconds)) / compositions;
          values[`${name} seconds`] = seconds;
          values[`${name} peakMB`] = peakMB;
        }
        return values;
      },
      close: async () => undefined,
    };
  },
};
