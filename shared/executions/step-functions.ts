import type { SFNClient } from '@aws-sdk/client-sfn';
import type { ExecutionState, Executions } from './begin.ts';

/** ARN of the execution of a name, whether there is one or not. */
export function executionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** Executions of a state machine. The SDK is loaded when it is called, so that a CLI does without. */
export function executionsOf(client: SFNClient, stateMachineArn: string): Executions {
  const sdk = () => import('@aws-sdk/client-sfn');
  return {
    async describe(name) {
      const { DescribeExecutionCommand, ExecutionDoesNotExist } = await sdk();
      const command = new DescribeExecutionCommand({ executionArn: executionArn(stateMachineArn, name) });
      const found = await unless(ExecutionDoesNotExist, () => client.send(command));
      return found && stateOf(found);
    },
    async start(name, input) {
      const { ExecutionAlreadyExists, StartExecutionCommand } = await sdk();
      const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
      return (await unless(ExecutionAlreadyExists, () => client.send(command))) !== undefined;
    },
    async redrive(name) {
      const { ExecutionNotRedrivable, RedriveExecutionCommand } = await sdk();
      const command = new RedriveExecutionCommand({ executionArn: executionArn(stateMachineArn, name) });
      return (await unless(ExecutionNotRedrivable, () => client.send(command))) !== undefined;
    },
  };
}

/** What a call gives, or undefined where it fails with this error. */
async function unless<T>(expected: new (...args: never[]) => Error, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof expected) return undefined;
    throw error;
  }
}

/** The part of `DescribeExecution`'s answer that is used. */
interface Description {
  readonly status?: string | undefined;
  readonly startDate?: Date | undefined;
  readonly redriveDate?: Date | undefined;
  readonly redriveCount?: number | undefined;
  readonly redriveStatus?: string | undefined;
  readonly error?: string | undefined;
  readonly output?: string | undefined;
}

/** An execution from the answer of `DescribeExecution`. */
export function stateOf({
  status = '',
  startDate = new Date(0),
  error,
  output,
  ...redrive
}: Description): ExecutionState {
  return {
    status,
    error,
    output,
    began: redrive.redriveDate ?? startDate,
    redrives: redrive.redriveCount ?? 0,
    redrivable: redrive.redriveStatus === 'REDRIVABLE',
  };
}
