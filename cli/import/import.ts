import { Command } from 'commander';
import { withExamples } from '../terminal/examples.ts';
import { importObelixCommand } from './import-obelix.ts';
import { importOptimadeCommand } from './import-optimade.ts';

/** `import`: bring data from where others publish them. */
export function importCommand(): Command {
  const command = new Command('import')
    .description('bring structures and measurements from where they are published')
    .addCommand(importOptimadeCommand())
    .addCommand(importObelixCommand());
  return withExamples(command, ['ionsieve help import optimade', 'how to fetch structures']);
}
