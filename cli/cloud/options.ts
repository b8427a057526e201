import type { Command } from 'commander';

/** Where a command finds the account that it calls. */
export interface AccountOptions {
  readonly region?: string | undefined; // default: as the SDK finds it
  readonly profile?: string | undefined; // of the SDK's configuration files
}

/** Options of every command that calls a stage. */
export interface CloudOptions extends AccountOptions {
  readonly stage: string;
  readonly json?: boolean;
}

/** Declare the options of {@link AccountOptions}. */
export function withAccountOptions(command: Command): Command {
  return command
    .option('--region <region>', 'AWS region (default: AWS_REGION, or that of the profile)')
    .option('--profile <name>', 'profile of the AWS configuration files (default: AWS_PROFILE)');
}
