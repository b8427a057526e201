import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packagePath } from '../cli/package-root.ts';
import { createRandom, shuffle } from '../shared/random.ts';
import { buildSpace } from '../shared/space/space.ts';
import { parseSpace } from '../shared/space/space-file.ts';
import type { BenchContext, Figure, OpenPart, Part } from './part.ts';
import { screenByCli } from './screening-parts.ts';

const WHOLE = packagePath('data/spaces/paper-scale.json');
const FIXED_SIZE = 1e4; // compositions: all of its time is fixed costs
const SIZES = [1e6, 1e7, 1e8, 1e9];

/** A space file as it is written. */
interface SpaceFile {
  readonly name: string;
  readonly elements: readonly string[];
  readonly anions: readonly string[];
}

/** Part of a space with fewer elements. */
interface Subspace {
  readonly file: string;
  readonly compositions: number;
  readonly systems: number;
}

/** A seeded order of a space's elements in which anions come as often everywhere, so that parts are like the whole. */
export function mixedElements({ elements, anions }: SpaceFile, seed: number): string[] {
  const random = createRandom(seed);
  const negative = shuffle(
    elements.filter((symbol) => anions.includes(symbol)),
    random,
  );
  const positive = shuffle(
    elements.filter((symbol) => !anions.includes(symbol)),
    random,
  );
  const every = elements.length / negative.length;
  return elements.map(
    (_, i) => (i % every < 1 ? negative : positive).shift() ?? positive.shift() ?? negative.shift() ?? '',
  );
}

/** Parts of a space with the first so many of its mixed elements: for each size the first that reaches it, ascending. */
async function writeSubspaces({ scratch, seed }: BenchContext, sizes: readonly number[]): Promise<Subspace[]> {
  const directory = join(scratch, 'spaces');
  await mkdir(directory, { recursive: true });
  const whole = JSON.parse(await readFile(WHOLE, 'utf8')) as SpaceFile;
  const elements = mixedElements(whole, seed);
  const found: Subspace[] = [];
  for (let count = 6; count < elements.length && found.length < sizes.length; count++) {
    const name = `${whole.name}-${count}-elements`;
    const text = JSON.stringify({ ...whole, name, elements: elements.slice(0, count) });
    const { compositions, classes } = buildSpace(parseSpace(text, name));
    if (compositions < sizes[found.length]) continue;
    const file = join(directory, `${name}.json`);
    await writeFile(file, text);
    found.push({ file, compositions, systems: classes.reduce((sum, { systems }) => sum + systems, 0) });
  }
  return found;
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
    const [fixed, ...spaces] = await writeSubspaces(context, [FIXED_SIZE, ...SIZES]);
    const whole: Subspace = { file: WHOLE, ...countsOf(await readFile(WHOLE, 'utf8')) };
    const measured = context.full ? [...spaces, whole] : spaces;
    const nameOf = ({ compositions }: Subspace): string => compositions.toExponential(1);
    return {
      figures: {
        fixedSeconds: { title: `fixed costs: whole process on ${fixed.compositions} compositions`, unit: 's' },
        ...Object.assign({}, ...measured.map((space) => figuresOf(nameOf(space)))),
      },
      remarks: measured.map(
        (space) =>
          `${nameOf(space)}: ${space.compositions} compositions, ${Math.round(space.compositions / space.systems)} a system`,
      ),
      async round() {
        const base = await screenByCli(context, fixed.file);
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

function countsOf(text: string): Omit<Subspace, 'file'> {
  const { compositions, classes } = buildSpace(parseSpace(text, WHOLE));
  return { compositions, systems: classes.reduce((sum, { systems }) => sum + systems, 0) };
}
