import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../../shared/stage/stage-settings.ts';
import { stageName } from '../foundation/names.ts';
import type { Notifications } from '../foundation/notifications.ts';
import type { StageMetrics } from './metrics.ts';

export interface AlarmsProps {
  readonly config: DeploymentConfig;
  readonly metrics: StageMetrics;
  readonly notifications: Notifications;
  readonly stateMachines: readonly IStateMachine[];
  readonly deadLetters: IQueue;
}

interface AlarmCase {
  /** Heading of the runbook, and ending of the alarm's name. */
  readonly name: string;
  readonly says: string;
  readonly metric: IMetric;
  /** Value from which it rings. */
  readonly threshold: number;
  /** Periods in a row. @default 1 */
  readonly periods?: number;
  /** Somebody is told already by other means. @default false */
  readonly quiet?: boolean;
}

const SHORT = Duration.minutes(5);
const SLOW_SHARE = 0.8; // of the time-out

/** What somebody should look at; each alarm names the section of the runbook that says how. */
export class Alarms extends Construct {
  readonly alarms: Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const action = new SnsAction(props.notifications.topic);
    this.alarms = this.cases(props).map(({ name, says, metric, threshold, periods, quiet }) => {
      const alarm = new Alarm(this, name, {
        alarmName: stageName(props.config.stage, name),
        alarmDescription: `${says} What to do: docs/how-to/runbook.md#${name}`,
        metric,
        threshold,
        evaluationPeriods: periods ?? 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      if (!quiet) alarm.addAlarmAction(action);
      return alarm;
    });
  }

  private cases({ config, metrics, stateMachines, deadLetters }: AlarmsProps): AlarmCase[] {
    const undelivered = deadLetters.metricApproximateNumberOfMessagesVisible({
      period: SHORT,
      statistic: Stats.MAXIMUM,
    });
    return [
      {
        name: 'execution-failed',
        says: 'A screening or retraining failed, timed out or was stopped.',
        metric: failures(stateMachines, SHORT),
        threshold: 1,
        quiet: true, // the rule on failed executions tells, with error and cause
      },
      {
        name: 'undelivered-events',
        says: 'An event or a notice could not be delivered.',
        metric: undelivered,
        threshold: 1,
      },
      {
        name: 'trigger-errors',
        says: 'The function that starts work on events fails.',
        metric: metrics.ofFunction('trigger', 'Errors', SHORT),
        threshold: 1,
      },
      {
        name: 'trigger-gave-up',
        says: 'The schedule does not try a screening again that failed time after time.',
        metric: metrics.counted('GivenUp', 'trigger', SHORT),
        threshold: 1,
      },
      ...chunkCases(config, metrics),
      {
        name: 'spending',
        says: `An hour cost more than the ${config.spendingLimitUsd} US dollars that one run may cost.`,
        metric: metrics.spending(Duration.hours(1)),
        threshold: config.spendingLimitUsd,
      },
    ];
  }
}

function chunkCases({ timeoutMinutes }: DeploymentConfig, metrics: StageMetrics): AlarmCase[] {
  return [
    {
      name: 'chunks-throttled',
      says: 'Chunks have been turned away for a quarter of an hour.',
      metric: metrics.ofFunction('screen-chunk', 'Throttles', SHORT),
      threshold: 100,
      periods: 3,
    },
    {
      name: 'chunks-slow',
      says: `A chunk took ${SLOW_SHARE * 100} % of its ${timeoutMinutes.screen} minutes.`,
      metric: metrics.ofFunction('screen-chunk', 'Duration', SHORT, Stats.MAXIMUM),
      threshold: SLOW_SHARE * timeoutMinutes.screen * 60_000,
    },
  ];
}

function failures(machines: readonly IStateMachine[], period: Duration): IMetric {
  const endings = ['Failed', 'TimedOut', 'Aborted'];
  const all = machines.flatMap((machine) => endings.map((ending) => machine.metric(`Executions${ending}`, { period })));
  return new MathExpression({
    expression: all.map((_, index) => `FILL(m${index}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(all.map((metric, index) => [`m${index}`, metric])),
    label: 'executions',
    period,
  });
}
