import { Command } from 'commander';
import { RUN_OPTIONS } from '../../shared/screen/run-option-table.ts';
import { withExamples } from '../terminal/examples.ts';

/** `space count`, `list`, `at` and `find`: look at a composition space without screening it. */
export function spaceCommand(): Command {
  const command = new Command('space').description('count, list and look up the compositions of a space');
  const count = subcommand('count', 'count systems, stoichiometry classes and compositions').action(async (options) =>
    (await import('./show-space.ts')).showCounts(options),
  );
  withExamples(count, ['ionsieve space count --space trillion', 'how large a shipped space is']);
  const list = subcommand('list', 'print every formula of one system, in index order')
    .requiredOption('--system <elements>', 'elements joined by hyphens, such as Li-P-S')
    .action(async (options) => (await import('./show-space.ts')).showSystem(options));
  withExamples(list, ['ionsieve space list --system Li-P-S', 'every formula of lithium, phosphorus and sulfur']);
  const at = subcommand('at', 'print the formula of each index')
    .argument('<index...>', 'integers from 0')
    .action(async (indices, options) => (await import('./show-space.ts')).showFormulas(indices, options));
  withExamples(at, ['ionsieve space at 0 296910905', 'first and last composition of the default space']);
  const find = subcommand('find', 'print the index of each formula, or the rule that excludes it')
    .argument('<formula...>', 'formulas such as Li3PS4')
    .action(async (formulas, options) => (await import('./show-space.ts')).showIndices(formulas, options));
  withExamples(find, ['ionsieve space find Li3PS4 LiFePO4 --json', 'where they are in the default space, as JSON']);
  return withExamples(command, ['ionsieve space count', 'how large the default space is']);

  function subcommand(name: string, description: string): Command {
    return command
      .command(name)
      .description(description)
      .option('--space <space>', RUN_OPTIONS.space.says, RUN_OPTIONS.space.otherwise)
      .option('--json', 'print JSON alone');
  }
}
