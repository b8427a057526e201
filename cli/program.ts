import { Command, Option } from 'commander';
import { cloudCommand } from './cloud.ts';
import { committeeCommand } from './committee.ts';
import { compareCommand } from './compare.ts';
import { completionCommand } from './completion.ts';
import { distillCommand } from './distill.ts';
import { withExamples } from './examples.ts';
import { fineTuneCommand } from './fine-tune.ts';
import { helpCommand } from './help.ts';
import { importCommand } from './import.ts';
import { labelCommand } from './label.ts';
import { packageVersion } from './package-root.ts';
import { scoreCommand } from './score.ts';
import { screenCommand } from './screen.ts';
import { serveCommand } from './serve.ts';
import { spaceCommand } from './space.ts';
import { studyCommand } from './study.ts';
import { teacherCommand } from './teacher.ts';
import { detail, hasColours, setVerbosity, styled } from './terminal.ts';
import { verifyCommand } from './verify.ts';

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
    studyCommand(),
    importCommand(),
    cloudCommand(),
    completionCommand(),
  ];
}

/** Subcommands do not inherit these settings when they are added whole. */
function configure(command: Command): void {
  command
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => styled('bold', title, process.stdout) })
    .configureOutput({
      getOutHasColors: () => hasColours(process.stdout.isTTY, process.env),
      getErrHasColors: () => hasColours(process.stderr.isTTY, process.env),
      outputError: (text, write) => write(text.replace(/^error:/, styled('red', 'error:', process.stderr))),
    });
  for (const subcommand of command.commands) configure(subcommand);
}
