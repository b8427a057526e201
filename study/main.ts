import { configure, runProgram } from '../cli/terminal/run-program.ts';
import { studyCommand } from './command.ts';

await runProgram(() => configure(studyCommand()));
