import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { DeploymentConfig } from './config.ts';
import type { ScreenerFunctions } from './screener-functions.ts';
import { FUNCTION_NAMES, type FunctionName } from './storage-access.ts';

/** Of the metrics that the functions publish. */
const NAMESPACE = 'ionsieve';

// Public prices of us-east-1: https://aws.amazon.com/lambda/pricing/ and https://aws.amazon.com/step-functions/pricing/
const DOLLARS_PER_GB_SECOND = { arm64: 1.33334e-5, x64: 1.66667e-5 } as const;
const DOLLARS_PER_CHUNK = 0.000075; // three state transitions: start, screen and end of a child execution

/** Functions that cost more than a trifle. */
const EXPENSIVE = ['plan', 'screen-chunk', 'reduce', 'label-shard', 'collect-labels', 'train', 'assess'] as const;

/** What a stage can be watched by. */
export class StageMetrics {
  private readonly config: DeploymentConfig;
  private readonly functions: ScreenerFunctions;

  constructor(config: DeploymentConfig, functions: ScreenerFunctions) {
    this.config = config;
    this.functions = functions;
  }

  /** A sum that the functions count themselves. */
  counted(metricName: string, service: FunctionName, period: Duration): Metric {
    const dimensionsMap = { stage: this.config.stage, service };
    return new Metric({ namespace: NAMESPACE, metricName, dimensionsMap, period, statistic: Stats.SUM });
  }

  compositionsPerSecond(period: Duration): IMetric {
    return new MathExpression({
      expression: 'compositions / PERIOD(compositions)',
      usingMetrics: { compositions: this.counted('Compositions', 'screen-chunk', period) },
      label: 'compositions/s',
      period,
    });
  }

  /** A metric of every function. */
  perFunction(metric: 'Errors' | 'Throttles', period: Duration): Metric[] {
    return FUNCTION_NAMES.map((name) => this.ofFunction(name, metric, period).with({ label: name }));
  }

  ofFunction(name: FunctionName, metric: string, period: Duration, statistic: string = Stats.SUM): Metric {
    return this.functions.get(name).function.metric(metric, { period, statistic });
  }

  /** Cost of Lambda and of the map's state transitions within each period, in US dollars. */
  cost(period: Duration): MathExpression {
    const { memoryMB, architecture } = this.config;
    const perBillion = EXPENSIVE.map((name, index) => {
      const gigabytes = memoryMB[this.functions.classOf(name)] / 1024;
      return `FILL(ms${index}, 0) * ${(gigabytes * DOLLARS_PER_GB_SECOND[architecture] * 1e6).toFixed(4)}`;
    });
    const durations = EXPENSIVE.map((name, index) => [`ms${index}`, this.ofFunction(name, 'Duration', period)]);
    return new MathExpression({
      // Numbers without an exponent: CDK takes the e for a metric.
      expression: `(${perBillion.join(' + ')}) / 1000000000 + FILL(chunks, 0) * ${DOLLARS_PER_CHUNK}`,
      usingMetrics: {
        ...Object.fromEntries(durations),
        chunks: this.ofFunction('screen-chunk', 'Invocations', period),
      },
      label: 'US dollars',
      period,
    });
  }

  /** The same, added up over the time that is shown. */
  costSoFar(period: Duration): MathExpression {
    const usingMetrics = { cost: this.cost(period) };
    return new MathExpression({ expression: 'RUNNING_SUM(cost)', usingMetrics, label: 'so far', period });
  }

  /** Executions of a workflow that ended in each way. */
  executions(machine: IStateMachine, period: Duration): Metric[] {
    const endings = ['Started', 'Succeeded', 'Failed', 'TimedOut', 'Aborted'];
    return endings.map((ending) =>
      machine.metric(`Executions${ending}`, { period, label: ending, statistic: Stats.SUM }),
    );
  }
}
