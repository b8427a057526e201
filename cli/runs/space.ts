import { Command } from 'commander';
import { DEFAULT_SPACE } from '../../local/shipped/spaces.ts';
import { formatFormula, parseFormula, parseSystem } from '../../shared/chemistry/formula.ts';
import { InputError } from '../../shared/errors.ts';
import { formatCount } from '../../shared/report/page/words.ts';
import { RUN_OPTIONS } from '../../shared/screen/run-option-table.ts';
import { listSystem } from '../../shared/space/list-system.ts';
import { compositionAt, findComposition } from '../../shared/space/rank.ts';
import { buildSpace, type Space } from '../../shared/space/space.ts';
import { withExamples } from '../terminal/examples.ts';
import { printJson } from '../terminal/output.ts';
import { readSpace } from './read-space.ts';

interface Options {
  readonly space: string;
  readonly json?: boolean;
}

/** `space count`, `list`, `at` and `find`: look at a composition space without screening it. */
export function spaceCommand(): Command {
  const command = new Command('space').description('count, list and look up the compositions of a space');
  const count = subcommand('count', 'count systems, stoichiometry classes and compositions').action(
    (options: Options) => printCounts(load(options), options),
  );
  withExamples(count, ['ionsieve space count --space trillion', 'how large a shipped space is']);
  const list = subcommand('list', 'print every formula of one system, in index order')
    .requiredOption('--system <elements>', 'elements joined by hyphens, such as Li-P-S')
    .action((options: Options & { system: string }) => printSystem(load(options), options));
  withExamples(list, ['ionsieve space list --system Li-P-S', 'every formula of lithium, phosphorus and sulfur']);
  const at = subcommand('at', 'print the formula of each index')
    .argument('<index...>', 'integers from 0')
    .action((indices: string[], options: Options) => printFormulas(load(options), indices, options));
  withExamples(at, ['ionsieve space at 0 332395286', 'first and last composition of the default space']);
  const find = subcommand('find', 'print the index of each formula, or the rule that excludes it')
    .argument('<formula...>', 'formulas such as Li3PS4')
    .action((formulas: string[], options: Options) => printIndices(load(options), formulas, options));
  withExamples(find, ['ionsieve space find Li3PS4 LiFePO4 --json', 'where they are in the default space, as JSON']);
  return withExamples(command, ['ionsieve space count', 'how large the default space is']);

  function subcommand(name: string, description: string): Command {
    return command
      .command(name)
      .description(description)
      .option('--space <space>', RUN_OPTIONS.space.says, DEFAULT_SPACE)
      .option('--json', 'print JSON alone');
  }
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

function printCounts(space: Space, { json }: Options): void {
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
  if (json) printJson({ name, ...total, byArity });
  else process.stdout.write(`${name}\n${countTable(total, byArity)}`);
}

function countTable(total: SpaceCounts, byArity: Readonly<Record<number, SpaceCounts>>): string {
  const row = (label: string, { systems, classes, compositions }: SpaceCounts) =>
    [label, ...[systems, classes, compositions].map(formatCount)].map((cell) => cell.padStart(18)).join('');
  const header = ['elements', 'systems', 'classes', 'compositions'].map((cell) => cell.padStart(18)).join('');
  const rows = Object.entries(byArity).map(([arity, counts]) => row(arity, counts));
  return `${[header, ...rows, row('all', total)].join('\n')}\n`;
}

function printSystem(space: Space, { system, json }: Options & { system: string }): void {
  const found = listSystem(space, parseSystem(system, { column: '--system' }));
  if (json) printJson(found);
  else printLines(found.map(({ formula }) => formula));
}

function printFormulas(space: Space, indices: readonly string[], { json }: Options): void {
  const found = indices.map((text) => {
    const index = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(index)) return { index, formula: formatFormula(compositionAt(space, index)) };
    throw new InputError(
      `index ${JSON.stringify(text)} is not a whole number`,
      {},
      'Give integers such as 0 or 12345.',
    );
  });
  if (json) printJson(found);
  else printLines(found.map(({ formula }) => formula));
}

function printIndices(space: Space, formulas: readonly string[], { json }: Options): void {
  const found = formulas.map((formula) => ({ formula, ...findComposition(space, parseFormula(formula)) }));
  if (json) printJson(found);
  else printLines(found.map((place) => ('index' in place ? `${place.index}` : `excluded: ${place.excludedBy}`)));
}

function printLines(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
