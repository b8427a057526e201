#!/usr/bin/env node
import { CommanderError } from 'commander';
import { endingOnSignal } from './interruptible.ts';
import { describeError, exitCodeOf, Interruption, outlastReaders } from './output.ts';
import { program } from './program.ts';

const USAGE_ERROR = 2;

async function main(): Promise<void> {
  outlastReaders();
  try {
    await endingOnSignal('stopped', () => program().parseAsync());
  } catch (error) {
    // commander has written its message already
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE_ERROR;
    else {
      process.stderr.write(`${describeError(error)}\n`);
      process.exitCode = exitCodeOf(error);
      if (error instanceof Interruption) process.exit(); // threads may still be at work on what is not wanted any more
    }
  }
}

await main();
