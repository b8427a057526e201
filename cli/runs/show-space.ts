import { formatFormula, parseFormula, parseSystem } from '../../shared/chemistry/formula.ts';
import { InputError } from '../../shared/errors.ts';
import { formatCount } from '../../shared/report/page/words.ts';
import { listSystem } from '../../shared/space/list-system.ts';
import { compositionAt, findComposition } from '../../shared/space/rank.ts';
import { buildSpace, type Space } from '../../shared/space/space.ts';
import { printJson } from '../terminal/output.ts';
import { readSpace } from './read-space.ts';

interface Options {
  readonly space: string;
  readonly json?: boolean;
}

function load({ space }: Options): Space {
  const { definition, file } = readSpace(space);
  return buildSpace(definition, file);
}

/** Systems, classes and compositions of a space or a part of it. */
interface SpaceCounts {
  systems: number;
  classes: number;
  compositions: number;
}

/** `space count`. */
export function showCounts(options: Options): void {
  const space = load(options);
  const total: SpaceCounts = { systems: 0, classes: 0, compositions: 0 };
  const byArity: Record<number, SpaceCounts> = {};
  for (const { arity, systems, stoichiometries } of space.classes) {
    byArity[arity] ??= { systems: 0, classes: 0, compositions: 0 };
    for (const counts of [total, byArity[arity]]) {
      counts.systems += systems;
      counts.classes++;
      counts.compositions += systems * stoichiometries;
    }
  }
  const { name } = space.definition;
  if (options.json) printJson({ name, ...total, byArity });
  else process.stdout.write(`${name}\n${countTable(total, byArity)}`);
}

function countTable(total: SpaceCounts, byArity: Readonly<Record<number, SpaceCounts>>): string {
  const row = (label: string, { systems, classes, compositions }: SpaceCounts) =>
    [label, ...[systems, classes, compositions].map(formatCount)].map((cell) => cell.padStart(18)).join('');
  const header = ['elements', 'systems', 'classes', 'compositions'].map((cell) => cell.padStart(18)).join('');
  const rows = Object.entries(byArity).map(([arity, counts]) => row(arity, counts));
  return `${[header, ...rows, row('all', total)].join('\n')}\n`;
}

/** `space list`. */
export function showSystem(options: Options & { readonly system: string }): void {
  const found = listSystem(load(options), parseSystem(options.system, { column: '--system' }));
  if (options.json) printJson(found);
  else printLines(found.map(({ formula }) => formula));
}

/** `space at`. */
export function showFormulas(indices: readonly string[], options: Options): void {
  const space = load(options);
  const found = indices.map((text) => {
    const index = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(index)) return { index, formula: formatFormula(compositionAt(space, index)) };
    throw new InputError(
      `index ${JSON.stringify(text)} is not a whole number`,
      {},
      'Give integers such as 0 or 12345.',
    );
  });
  if (options.json) printJson(found);
  else printLines(found.map(({ formula }) => formula));
}

/** `space find`. */
export function showIndices(formulas: readonly string[], options: Options): void {
  const space = load(options);
  const found = formulas.map((formula) => ({ formula, ...findComposition(space, parseFormula(formula)) }));
  if (options.json) printJson(found);
  else printLines(found.map((place) => ('index' in place ? `${place.index}` : `excluded: ${place.excludedBy}`)));
}

function printLines(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
