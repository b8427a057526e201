#!/usr/bin/env node
import { program } from './program.ts';
import { runProgram } from './terminal/run-program.ts';

await runProgram(program);
