import { createTriggerHandler, type TriggerRuntime } from '../functions/trigger.ts';
import { CLIENT_SETTINGS } from '../shared/aws.ts';
import { executionsOf } from '../shared/executions/step-functions.ts';
import { observed } from './observe.ts';
import { cloudRuntime } from './runtime.ts';

async function loadCloud(): Promise<TriggerRuntime> {
  const { store, environment } = await cloudRuntime();
  const { SFNClient } = await import('@aws-sdk/client-sfn');
  const client = new SFNClient(CLIENT_SETTINGS);
  return {
    store,
    bucket: environment.text('BUCKET'),
    workflows: {
      screening: executionsOf(client, environment.text('SCREENING_ARN')),
      retraining: executionsOf(client, environment.text('RETRAINING_ARN')),
    },
    defaultSpace: environment.text('DEFAULT_SPACE'),
  };
}

export const handler = observed('trigger', createTriggerHandler(loadCloud), ({ started, outcome }) => ({
  StartedExecutions: Number(started),
  GivenUp: Number(outcome === 'given up'),
}));
