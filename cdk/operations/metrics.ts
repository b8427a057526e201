import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { DOLLARS_PER_GB_SECOND, DOLLARS_PER_REQUEST, DOLLARS_PER_TRANSITION } from '../../shared/cost/prices.ts';
import type { DeploymentConfig } from '../../shared/stage/stage-settings.ts';
import type { ScreenerFunctions } from '../functions/screener-functions.ts';
import { FUNCTION_NAMES, type FunctionName } from '../functions/storage-access.ts';

/** Of the metrics that the functions publish. */
const NAMESPACE = 'ionsieve';

/** Functions that a map fans out. The others are invoked once an execution, for 4 cents at most. */
const FANNED_OUT: readonly FunctionName[] = ['screen-chunk', 'label-shard', 'train'];
const TRANSITIONS_PER_ITEM = 3; // start, task and end of a child execution; or task, choice and next round of a training

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

  /** Cost of Lambda and of state transitions, those of throttled tries too, within each period, in US dollars. */
  cost(period: Duration): MathExpression {
    return this.costOf(FUNCTION_NAMES, period);
  }

  /** Cost of what a map fans out, in US dollars: as much as an alarm can watch, which has ten metrics at most. */
  spending(period: Duration): MathExpression {
    return this.costOf(FANNED_OUT, period);
  }

  private costOf(functions: readonly FunctionName[], period: Duration): MathExpression {
    const terms = functions.map((name, index) => {
      const { perMillisecond, perInvocation } = this.pricesOf(name);
      const [time, invocations, throttles] = ['ms', 'n', 'throttled'].map((metric) => `FILL(${metric}${index}, 0)`);
      // Numbers without an exponent: CDK takes the e for a metric.
      return [
        `${time} * ${(perMillisecond * 1e9).toFixed(4)} / 1000000000`,
        `${invocations} * ${perInvocation.toFixed(9)}`,
        `${throttles} * ${DOLLARS_PER_TRANSITION.toFixed(9)}`,
      ].join(' + ');
    });
    const metrics = functions.flatMap((name, index) => [
      [`ms${index}`, this.ofFunction(name, 'Duration', period)],
      [`n${index}`, this.ofFunction(name, 'Invocations', period)],
      [`throttled${index}`, this.ofFunction(name, 'Throttles', period)],
    ]);
    const usingMetrics = Object.fromEntries(metrics);
    return new MathExpression({ expression: terms.join(' + '), usingMetrics, label: 'US dollars', period });
  }

  private pricesOf(name: FunctionName): { readonly perMillisecond: number; readonly perInvocation: number } {
    const { memoryMB, architecture } = this.config;
    const gigabytes = memoryMB[this.functions.classOf(name)] / 1024;
    const transitions = FANNED_OUT.includes(name) ? TRANSITIONS_PER_ITEM : 1;
    return {
      perMillisecond: (gigabytes * DOLLARS_PER_GB_SECOND[architecture]) / 1000,
      perInvocation: DOLLARS_PER_REQUEST + transitions * DOLLARS_PER_TRANSITION,
    };
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
