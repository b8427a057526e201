import { Command, InvalidArgumentError, Option } from 'commander';
import { SPLITS } from '../../shared/import/obelix-splits.ts';
import { PROVIDER_IDS } from '../../shared/import/providers.ts';
import { withExamples } from '../terminal/examples.ts';
import { naturalNumber, positiveInteger } from '../terminal/options.ts';

/** `import`: bring data from where others publish them. */
export function importCommand(): Command {
  const command = new Command('import')
    .description('bring structures and measurements from where they are published')
    .addCommand(optimadeCommand())
    .addCommand(obelixCommand());
  return withExamples(command, ['ionsieve help import optimade', 'how to fetch structures']);
}

/** `import optimade --provider mp --out mp.jsonl.gz`: structures from a database that answers OPTIMADE queries. */
function optimadeCommand(): Command {
  const command = new Command('optimade')
    .description(
      'fetch crystal structures from a database that answers OPTIMADE queries; the same command goes on after a stop',
    )
    .requiredOption('--provider <name|URL>', `${PROVIDER_IDS.join(', ')}, or the base address of another database`)
    .addOption(new Option('--filter <text>', 'OPTIMADE filter (default: elements HAS "<ion>")').conflicts('ion'))
    .option('--ion <element>', 'mobile ion of the default filter', 'Li')
    .requiredOption('--out <file>', 'OPTIMADE JSON Lines to write: .jsonl or .jsonl.gz')
    .option(
      '--page-limit <number>',
      'structures to ask for at once (default: what the provider allows)',
      positiveInteger,
    )
    .option('--restart', 'throw away what an unfinished import has');
  addFetchOptions(command)
    .option('--json', 'print the manifest as JSON')
    .action(async (options) => (await import('./import-optimade.ts')).runImportOptimade(options));
  return withExamples(
    command,
    [
      'ionsieve import optimade --provider mp --out mp.jsonl.gz',
      'all structures with lithium of the Materials Project',
    ],
    [
      `ionsieve import optimade --provider cod --out cod.jsonl.gz --filter 'elements HAS ALL "Li","S" AND nelements=3'`,
      'ternary sulfides of lithium',
    ],
  );
}

/** `import obelix PATH|URL --out DIR`: measured conductivities as the other commands read them, and their CIF files. */
function obelixCommand(): Command {
  const command = new Command('obelix')
    .description('bring measured conductivities of OBELiX, with their crystal structures')
    .argument(
      '<source>',
      'folder or CSV file, or the address of one, such as https://raw.githubusercontent.com/NRC-Mila/OBELiX/main/data/downloads/',
    )
    .requiredOption('--out <directory>', 'directory to write: measurements.csv, cifs/ and manifest.json')
    .addOption(new Option('--split <name>', 'table to take from a folder').choices(SPLITS).default('train'))
    .option('--cifs <source>', 'folder or .tar.gz of CIF files, or the address of one (default: beside the table)')
    .option('--no-cifs', 'bring measurements only');
  addFetchOptions(command)
    .option('--json', 'print the manifest as JSON')
    .action(async (source, options) => (await import('./import-obelix.ts')).runImportObelix(source, options));
  return withExamples(command, [
    'ionsieve import obelix https://raw.githubusercontent.com/NRC-Mila/OBELiX/main/data/downloads/ --out obelix',
    'measurements and structures for `teacher fit` and `fine-tune`',
  ]);
}

/** Options of every command that fetches. */
function addFetchOptions(command: Command): Command {
  return command
    .option('--delay <seconds>', 'pause between an answer and the next request', seconds, 0.5)
    .option('--timeout <seconds>', 'time for one answer', positiveSeconds, 60)
    .option('--retries <number>', 'how often to try again after a fault that may pass', naturalNumber, 6);
}

function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value > 86_400)
    throw new InvalidArgumentError('Give seconds, such as 0.5, at most 86400.');
  return value;
}

function positiveSeconds(text: string): number {
  const value = seconds(text);
  if (value === 0) throw new InvalidArgumentError('Give more than 0 seconds.');
  return value;
}
