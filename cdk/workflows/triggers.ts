import { ArnFormat, Aws, Duration, Stack } from 'aws-cdk-lib';
import { type EventPattern, Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../../shared/stage/stage-settings.ts';
import { acknowledgeResource } from '../foundation/nag.ts';
import { stageName } from '../foundation/names.ts';
import { sendStatements } from '../foundation/operations-key.ts';
import type { ScreenerFunction } from '../functions/screener-function.ts';
import type { Storage } from '../functions/storage-policy.ts';

export interface TriggersProps {
  readonly config: DeploymentConfig;
  readonly storage: Storage;
  /** Turns an event into an execution whose name says what is to be done, so that a second event starts nothing. */
  readonly trigger: ScreenerFunction;
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
    const { config } = props;
    this.allowToBegin('screening', ['DescribeExecution', 'RedriveExecution']);
    this.allowToBegin('retraining', ['DescribeExecution']); // what failed is begun anew
    this.onObject('TeacherChanged', 'teacher-changed', Match.exactString('teacher/teacher.json'));
    this.onObject('DatasetReady', 'dataset-ready', Match.wildcard('datasets/*/READY'));
    if (config.schedule !== null) this.onSchedule(config.schedule);
  }

  /** Machines are named, not referred to: that of retraining invokes the trigger, which would be a circle. */
  private allowToBegin(workflow: 'screening' | 'retraining', actions: readonly string[]): void {
    const { config, trigger } = this.props;
    const name = stageName(config.stage, workflow);
    const arn = (resource: string, resourceName: string): string =>
      Stack.of(this).formatArn({
        service: 'states',
        resource,
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    const machine = arn('stateMachine', name);
    const executions = arn('execution', `${name}:${workflow}-*`);
    trigger.function.addEnvironment(`${workflow.toUpperCase()}_ARN`, machine);
    trigger.role.addToPolicy(new PolicyStatement({ actions: ['states:StartExecution'], resources: [machine] }));
    const ofExecutions = actions.map((action) => `states:${action}`);
    trigger.role.addToPolicy(new PolicyStatement({ actions: ofExecutions, resources: [executions] }));
    acknowledgeResource(trigger.role, executions, 'Executions are named by a hash of what is to be done.');
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
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    const resources = [trigger.function.functionArn];
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources }));
    for (const statement of sendStatements(deadLetters)) role.addToPolicy(statement);
    const schedule = new CfnSchedule(this, 'Schedule', {
      name: stageName(config.stage, 'rescreen'),
      description: 'Screens the default space again; nothing happens while space and student are unchanged',
      scheduleExpression,
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: 15 },
      target: {
        arn: trigger.function.functionArn,
        roleArn: role.roleArn,
        // Scheduler puts the time in: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
        input: JSON.stringify({
          source: 'ionsieve.schedule',
          space: config.defaultSpace,
          time: '<aws.scheduler.scheduled-time>',
        }),
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
