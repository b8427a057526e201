import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DeploymentConfig } from './config.ts';
import { stageName } from './names.ts';
import type { ScreenerFunction } from './screener-function.ts';
import type { Storage } from './storage-policy.ts';

export interface TriggersProps {
  readonly config: DeploymentConfig;
  readonly storage: Storage;
  /** Turns an event into an execution whose name says what is to be done, so that a second event starts nothing. */
  readonly trigger: ScreenerFunction;
  readonly screening: IStateMachine;
  readonly retraining: IStateMachine;
  /** Receives what could not be delivered. */
  readonly deadLetters: IQueue;
}

const RETRY_ATTEMPTS = 20;
const MAX_EVENT_AGE = Duration.hours(6);

/** What starts work by itself: a new teacher, a dataset that is marked ready, and the schedule, if there is one. */
export class Triggers extends Construct {
  private readonly props: TriggersProps;

  constructor(scope: Construct, id: string, props: TriggersProps) {
    super(scope, id);
    this.props = props;
    const { config, trigger, screening, retraining } = props;
    const machines = [screening.stateMachineArn, retraining.stateMachineArn];
    trigger.function.addEnvironment('SCREENING_ARN', screening.stateMachineArn);
    trigger.function.addEnvironment('RETRAINING_ARN', retraining.stateMachineArn);
    trigger.role.addToPolicy(new PolicyStatement({ actions: ['states:StartExecution'], resources: machines }));
    this.onObject('TeacherChanged', 'teacher-changed', Match.exactString('teacher/teacher.json'));
    this.onObject('DatasetReady', 'dataset-ready', Match.wildcard('datasets/*/READY'));
    if (config.schedule !== null) this.onSchedule(config.schedule);
  }

  private onObject(id: string, name: string, key: string[]): void {
    const { config, storage, trigger, deadLetters } = this.props;
    const eventPattern: EventPattern = {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [storage.bucket.bucketName] }, object: { key } },
    };
    const target = new LambdaFunction(trigger.function, {
      deadLetterQueue: deadLetters,
      retryAttempts: RETRY_ATTEMPTS,
      maxEventAge: MAX_EVENT_AGE,
    });
    new Rule(this, id, { ruleName: stageName(config.stage, name), eventPattern, targets: [target] });
  }

  private onSchedule(scheduleExpression: string): void {
    const { config, trigger, deadLetters } = this.props;
    const role = new Role(this, 'ScheduleRole', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    const allow = (action: string, resource: string): boolean =>
      role.addToPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
    allow('lambda:InvokeFunction', trigger.function.functionArn);
    allow('sqs:SendMessage', deadLetters.queueArn);
    const schedule = new CfnSchedule(this, 'Schedule', {
      name: stageName(config.stage, 'rescreen'),
      description: 'Screens the default space again; nothing happens while space and student are unchanged',
      scheduleExpression,
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: 15 },
      target: {
        arn: trigger.function.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ source: 'ionsieve.schedule', space: config.defaultSpace }),
        deadLetterConfig: { arn: deadLetters.queueArn },
        retryPolicy: {
          maximumRetryAttempts: RETRY_ATTEMPTS,
          maximumEventAgeInSeconds: MAX_EVENT_AGE.toSeconds(),
        },
      },
    });
    schedule.node.addDependency(role);
  }
}
