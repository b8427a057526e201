import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ListExecutionsCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Cloud } from './cloud.ts';

const POLL = 200; // ms

/** A finished execution. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly error: string | undefined;
  readonly cause: string;
  readonly output: Readonly<Record<string, never>> & Readonly<Record<string, unknown>>;
}

/** Start an execution of a workflow, such as `screening`, and wait for its end. */
export async function execute(cloud: Cloud, workflow: string, name: string, input: object): Promise<Execution> {
  const stateMachineArn = cloud.stateMachines.get(workflow);
  const start = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
  const { executionArn = '' } = await cloud.states.send(start);
  return settled(cloud, executionArn);
}

/** Wait for the end of an execution. */
export async function settled(cloud: Cloud, executionArn: string): Promise<Execution> {
  for (;;) {
    const description = await cloud.states.send(new DescribeExecutionCommand({ executionArn }));
    if (description.status !== 'RUNNING') return describe(description);
    await sleep(POLL);
  }
}

function describe(described: DescribeExecutionCommandOutput): Execution {
  const { executionArn: arn = '', name = '', status, error, cause = '', output = '{}' } = described;
  return { arn, name, status: `${status}`, error, cause, output: JSON.parse(output) };
}

/** Every execution of a workflow, also running ones. */
export async function executionsOf(cloud: Cloud, workflow: string): Promise<{ name: string; arn: string }[]> {
  const stateMachineArn = cloud.stateMachines.get(workflow);
  const { executions = [] } = await cloud.states.send(new ListExecutionsCommand({ stateMachineArn }));
  return executions.map(({ name = '', executionArn = '' }) => ({ name, arn: executionArn }));
}

/** Wait until a condition holds; undefined if it does not within the time. */
export async function eventually<T>(look: () => Promise<T | undefined> | T | undefined, seconds = 120): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${look}`);
    await sleep(POLL);
  }
}
