import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { InputError } from '../../shared/errors.ts';
import type { S3Store } from '../../shared/io/store/s3-store.ts';
import { clientSettings, openBucket } from './aws-bucket.ts';
import { calling } from './aws-errors.ts';
import type { CloudOptions } from './options.ts';

/** A deployed stage, found by the names of its resources. */
export interface CloudSession {
  readonly stage: string;
  readonly screening: string; // ARN of the state machine
  readonly states: SFNClient;
  readonly store: S3Store; // the stage's bucket
}

/**
 * Find a stage in the account and region that the options, the environment and the SDK's configuration files give.
 *
 * @throws {InputError} if there are no credentials, no such profile, no region, no permission, or no such stage
 */
export async function openAwsSession({ stage, region, profile }: CloudOptions): Promise<CloudSession> {
  const states = new SFNClient(clientSettings({ region, profile }));
  const arns = await screeningMachines(states);
  const screening = arns.get(stage);
  if (screening === undefined) throw await notDeployed(states, stage, [...arns.keys()].sort());
  const [, , , home, account] = screening.split(':');
  const store = openBucket(`ionsieve-${stage}-${account}-${home}`, { region: home, profile });
  return { stage, screening, states, store };
}

/** ARNs of the screening workflows, by stage. */
async function screeningMachines(states: SFNClient): Promise<ReadonlyMap<string, string>> {
  const arns = new Map<string, string>();
  let nextToken: string | undefined;
  do {
    const page = await calling('states:ListStateMachines', 'Step Functions', () =>
      states.send(new ListStateMachinesCommand({ nextToken, maxResults: 1000 })),
    );
    for (const { name = '', stateMachineArn = '' } of page.stateMachines ?? []) {
      const [, stage] = /^ionsieve-(.+)-screening$/.exec(name) ?? [];
      if (stage !== undefined) arns.set(stage, stateMachineArn);
    }
    nextToken = page.nextToken;
  } while (nextToken);
  return arns;
}

async function notDeployed(states: SFNClient, stage: string, others: readonly string[]): Promise<InputError> {
  const found = others.length === 0 ? 'no stage is' : `${others.join(', ')} ${others.length > 1 ? 'are' : 'is'}`;
  return new InputError(
    `stage ${stage} is not deployed in region ${await states.config.region()} of this account; ${found}`,
    {},
    `Give --stage, --region or --profile, or deploy it: npx cdk deploy --all -c stage=${stage}`,
  );
}
