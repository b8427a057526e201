import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { cloudCommand } from './cloud.ts';
import { committeeCommand } from './committee.ts';
import { compareCommand } from './compare.ts';
import { distillCommand } from './distill.ts';
import { fineTuneCommand } from './fine-tune.ts';
import { importCommand } from './import.ts';
import { labelCommand } from './label.ts';
import { describeError, endOnClosedPipe, exitCodeOf } from './output.ts';
import { packagePath } from './package-root.ts';
import { scoreCommand } from './score.ts';
import { screenCommand } from './screen.ts';
import { spaceCommand } from './space.ts';
import { studyCommand } from './study.ts';
import { teacherCommand } from './teacher.ts';

const USAGE_ERROR = 2;

function program(): Command {
  const { version } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string };
  const commands = [
    screenCommand(),
    spaceCommand(),
    labelCommand(),
    distillCommand(),
    fineTuneCommand(),
    committeeCommand(),
    compareCommand(),
    scoreCommand(),
    teacherCommand(),
    studyCommand(),
    importCommand(),
    cloudCommand(),
  ];
  const root = new Command('ionsieve')
    .description('Screens composition spaces for solid lithium-ion conductors.')
    .version(version);
  for (const command of commands) root.addCommand(command);
  exitByThrowing(root);
  return root;
}

/** Subcommands do not inherit this setting when they are added whole. */
function exitByThrowing(command: Command): void {
  command.exitOverride();
  for (const subcommand of command.commands) exitByThrowing(subcommand);
}

async function main(): Promise<void> {
  endOnClosedPipe(process.stdout);
  endOnClosedPipe(process.stderr);
  try {
    await program().parseAsync();
  } catch (error) {
    // commander has written its message already
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE_ERROR;
    else {
      process.stderr.write(`${describeError(error)}\n`);
      process.exitCode = exitCodeOf(error);
    }
  }
}

await main();
