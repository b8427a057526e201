import { Command, Option } from 'commander';
import { packageVersion } from '../local/shipped/package-root.ts';
import { cloudCommand } from './cloud/cloud.ts';
import { compareCommand } from './compare/compare-command.ts';
import { importCommand } from './import/import.ts';
import { committeeCommand, distillCommand, fineTuneCommand, labelCommand } from './models/model-commands.ts';
import { teacherCommand } from './models/teacher.ts';
import { scoreCommand, screenCommand, serveCommand, verifyCommand } from './runs/run-commands.ts';
import { spaceCommand } from './runs/space.ts';
import { completionCommand } from './terminal/completion.ts';
import { withExamples } from './terminal/examples.ts';
import { helpCommand } from './terminal/help.ts';
import { configure } from './terminal/run-program.ts';
import { detail, setVerbosity } from './terminal/terminal.ts';

const EXIT_CODES = `
Exit codes:
  0  done
  1  unforeseen error; of cloud watch: the run failed
  2  bad input or usage
  3  a stored file is damaged
  128 + n  stopped by signal n: 130 after Ctrl-C

NO_COLOR and FORCE_COLOR are honoured.
`;

/** The command line: all commands below one. */
export function program(): Command {
  const root = new Command('ionsieve')
    .description('Screens composition spaces for solid lithium-ion conductors.')
    .version(packageVersion())
    .addOption(new Option('-q, --quiet', 'print results and errors alone').conflicts('verbose'))
    .option(
      '-v, --verbose',
      'say what is read, with SHA-256 of the main files, how long it takes, and where an unforeseen error arose',
    );
  for (const command of [...commands(), helpCommand(root)]) root.addCommand(command);
  root.helpCommand(false); // its own takes any word
  withExamples(
    root,
    ['ionsieve screen', 'screen the default space; the ranking goes to out/'],
    ['ionsieve score Li10GeP2S12 --json', 'probability of one composition, as JSON'],
    ['ionsieve help space count', 'help on one command'],
  ).addHelpText('after', EXIT_CODES);
  let started = 0;
  root.hook('preAction', () => {
    started = performance.now();
    const { quiet, verbose } = root.opts<{ quiet?: true; verbose?: true }>();
    setVerbosity(quiet ? 'quiet' : verbose ? 'verbose' : 'normal');
  });
  root.hook('postAction', () => detail(`done after ${((performance.now() - started) / 1000).toFixed(1)} s`));
  configure(root);
  return root;
}

function commands(): Command[] {
  return [
    screenCommand(),
    spaceCommand(),
    scoreCommand(),
    labelCommand(),
    distillCommand(),
    fineTuneCommand(),
    committeeCommand(),
    teacherCommand(),
    compareCommand(),
    verifyCommand(),
    serveCommand(),
    importCommand(),
    cloudCommand(),
    completionCommand(),
  ];
}
