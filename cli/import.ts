import { Command } from 'commander';
import { importObelixCommand } from './import-obelix.ts';
import { importOptimadeCommand } from './import-optimade.ts';

/** `import`: bring data from where others publish them. */
export function importCommand(): Command {
  return new Command('import')
    .description('bring structures and measurements from where they are published')
    .addCommand(importOptimadeCommand())
    .addCommand(importObelixCommand());
}
