import { Duration } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DeploymentConfig } from './config.ts';
import { stageName } from './names.ts';
import type { Notifications } from './notifications.ts';

export interface FailureNoticeProps {
  readonly config: DeploymentConfig;
  readonly notifications: Notifications;
  readonly stateMachines: readonly IStateMachine[];
  readonly deadLetters: IQueue;
}

/**
 * Tells of an execution that failed, timed out or was stopped. A rule, not a state: a state that catches a failure ends
 * well, and what ended well cannot be redriven. Children of a map are not told of: they belong to another machine.
 */
export class FailureNotice extends Construct {
  constructor(scope: Construct, id: string, props: FailureNoticeProps) {
    super(scope, id);
    const rule = new Rule(this, 'Rule', {
      ruleName: stageName(props.config.stage, 'execution-failed'),
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: props.stateMachines.map((machine) => machine.stateMachineArn),
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
    });
    rule.addTarget(
      new SnsTopic(props.notifications.topic, {
        message: RuleTargetInput.fromObject({
          news: `ionsieve ${props.config.stage}: an execution did not succeed`,
          runbook: 'docs/runbook.md#execution-failed',
          execution: EventField.fromPath('$.detail'), // whole: error and cause are not in every event
        }),
        deadLetterQueue: props.deadLetters,
        retryAttempts: 20,
        maxEventAge: Duration.hours(6),
      }),
    );
  }
}
