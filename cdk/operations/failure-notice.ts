import { Duration } from 'aws-cdk-lib';
import { EventField, type IRuleTarget, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine, SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../../shared/stage/stage-settings.ts';
import { stageName } from '../foundation/names.ts';
import type { Notifications } from '../foundation/notifications.ts';
import { FailureReport } from './failure-report.ts';

export interface FailureNoticeProps {
  readonly config: DeploymentConfig;
  readonly notifications: Notifications;
  readonly stateMachines: readonly IStateMachine[];
  readonly deadLetters: IQueue;
}

/**
 * Tells of an execution that failed, timed out or was stopped, and names what failed in it. Rules, not states: a state
 * that catches a failure ends well, and what ended well cannot be redriven. Children of a map are not told of by
 * themselves: they belong to another machine.
 */
export class FailureNotice extends Construct {
  private readonly props: FailureNoticeProps;

  constructor(scope: Construct, id: string, props: FailureNoticeProps) {
    super(scope, id);
    this.props = props;
    const { stateMachine } = new FailureReport(this, 'Report', props);
    this.onFailure('Rule', 'execution-failed', props.stateMachines, new SfnStateMachine(stateMachine, this.delivery()));
    // What could not be looked up is told all the same: the input of the report is the event.
    this.onFailure('ReportRule', 'failure-report-failed', [stateMachine], this.plainNotice());
  }

  private onFailure(id: string, name: string, machines: readonly IStateMachine[], target: IRuleTarget): void {
    new Rule(this, id, {
      ruleName: stageName(this.props.config.stage, name),
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: machines.map((machine) => machine.stateMachineArn),
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
    }).addTarget(target);
  }

  private plainNotice(): SnsTopic {
    const { config, notifications } = this.props;
    const message = RuleTargetInput.fromObject({
      news: `ionsieve ${config.stage}: an execution did not succeed, and what failed in it could not be looked up`,
      runbook: 'docs/how-to/runbook.md#execution-failed',
      report: EventField.fromPath('$.detail'), // whole: error and cause are not in every event
    });
    return new SnsTopic(notifications.target, { message, ...this.delivery() });
  }

  private delivery() {
    return { deadLetterQueue: this.props.deadLetters, retryAttempts: 20, maxEventAge: Duration.hours(6) };
  }
}
