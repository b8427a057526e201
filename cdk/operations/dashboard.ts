import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  PeriodOverride,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../../shared/stage/stage-settings.ts';
import { stageName } from '../foundation/names.ts';
import type { StageMetrics } from './metrics.ts';

export interface DashboardProps {
  readonly config: DeploymentConfig;
  readonly metrics: StageMetrics;
  readonly screening: IStateMachine;
  readonly retraining: IStateMachine;
  readonly deadLetters: IQueue;
  readonly alarms: Alarm[];
}

const PERIOD = Duration.minutes(1);
const WIDTH = 12; // of 24 columns

/** How fast, how far, how dear, and what goes wrong. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const dashboard = new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: stageName(props.config.stage, 'overview'),
      periodOverride: PeriodOverride.INHERIT,
      defaultInterval: Duration.hours(3),
    });
    dashboard.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: props.alarms, width: WIDTH }),
      ...progress(props.metrics),
      ...problems(props),
    );
  }
}

function graph(title: string, left: IMetric[], right: IMetric[] = []): GraphWidget {
  return new GraphWidget({ title, left, right, width: WIDTH, leftYAxis: { min: 0 }, rightYAxis: { min: 0 } });
}

function progress(metrics: StageMetrics): IWidget[] {
  const chunks = metrics.counted('Chunks', 'screen-chunk', PERIOD);
  const ofChunks = (metric: string, statistic: string, label: string): IMetric =>
    metrics.ofFunction('screen-chunk', metric, PERIOD, statistic).with({ label });
  return [
    new SingleValueWidget({
      title: 'In the time shown',
      metrics: [chunks.with({ label: 'chunks done' }), metrics.cost(PERIOD)],
      width: WIDTH,
      setPeriodToTimeRange: true,
    }),
    graph('Compositions per second', [metrics.compositionsPerSecond(PERIOD)]),
    graph('Chunks done', [chunks]),
    graph('Cost, about (US dollars)', [metrics.costSoFar(PERIOD)]),
    graph(
      'Time of a chunk (ms), chunks at once',
      [ofChunks('Duration', 'p50', 'p50'), ofChunks('Duration', 'p99', 'p99')],
      [ofChunks('ConcurrentExecutions', 'Maximum', 'at once')],
    ),
  ];
}

function problems({ metrics, screening, retraining, deadLetters }: DashboardProps): IWidget[] {
  return [
    graph('Errors', metrics.perFunction('Errors', PERIOD)),
    graph('Throttles', metrics.perFunction('Throttles', PERIOD)),
    graph('Screenings', metrics.executions(screening, PERIOD)),
    graph('Retrainings', metrics.executions(retraining, PERIOD)),
    graph('Undelivered events', [deadLetters.metricApproximateNumberOfMessagesVisible({ period: PERIOD })]),
  ];
}
