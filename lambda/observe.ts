import type { Tracer } from '@aws-lambda-powertools/tracer';
import { withoutSessionTokens } from '../shared/aws.ts';

/** What a handler may know of its invocation: Lambda gives it. */
export interface InvocationContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  getRemainingTimeInMillis(): number;
}

/** A handler as Lambda calls it. */
export type LambdaHandler<R> = (event: unknown, context: InvocationContext) => Promise<R>;

/** Metrics of one invocation, by name; all are counts. */
export type Measures = Readonly<Record<string, number>>;

/** Namespace of the metrics; their dimensions are `stage` and `service`, the name of the function. */
export const METRICS_NAMESPACE = 'ionsieve';

/**
 * A handler with a structured log of event, receipt and error, metrics (`Seconds`, `Failures` and what `measure` says),
 * and an X-Ray segment. Powertools are loaded at the first invocation, so that a bundle can be loaded without them.
 */
export function observed<R>(
  service: string,
  handle: LambdaHandler<R>,
  measure: (receipt: R) => Measures = () => ({}),
): LambdaHandler<R> {
  let observing: Promise<Observer> | undefined;
  return async (event, context) => {
    observing ??= loadObserver(service);
    const observer = await observing;
    const invocation = observer.begin(event, context);
    try {
      const receipt = await handle(event, context);
      invocation.end(receipt, measure(receipt));
      return receipt;
    } catch (error) {
      invocation.fail(error as Error);
      throw error;
    }
  };
}

interface Observer {
  begin(event: unknown, context: InvocationContext): Invocation;
}

interface Invocation {
  end(receipt: unknown, measures: Measures): void;
  fail(error: Error): void;
}

async function loadObserver(serviceName: string): Promise<Observer> {
  const [{ Logger }, { Metrics, MetricUnit }, { Tracer }] = await Promise.all([
    import('@aws-lambda-powertools/logger'),
    import('@aws-lambda-powertools/metrics'),
    import('@aws-lambda-powertools/tracer'),
  ]);
  const stage = process.env.STAGE ?? 'none';
  const logger = new Logger({ serviceName, persistentKeys: { stage }, jsonReplacerFn: loggedValue });
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName, defaultDimensions: { stage } });
  const publish = (started: number, measures: Measures): number => {
    const seconds = Number(((performance.now() - started) / 1000).toFixed(3));
    metrics.addMetric('Seconds', MetricUnit.Seconds, seconds);
    for (const [name, value] of Object.entries(measures)) metrics.addMetric(name, MetricUnit.Count, value);
    metrics.publishStoredMetrics();
    return seconds;
  };
  const tracer = new Tracer({ serviceName });
  return {
    begin(event, { awsRequestId }) {
      const started = performance.now();
      const close = openSegment(tracer, serviceName);
      logger.appendKeys({ requestId: awsRequestId });
      logger.info('begin', { event: event as object });
      return {
        end(receipt, measures) {
          logger.info('end', { receipt: receipt as object, seconds: publish(started, { Failures: 0, ...measures }) });
          close();
        },
        fail(error) {
          logger.error('failed', { error, seconds: publish(started, { Failures: 1 }) });
          tracer.addErrorAsMetadata(error);
          close();
        },
      };
    },
  };
}

/** A value as it may stand in a log: errors of S3 carry all that the service answered. */
function loggedValue(_: string, value: unknown): unknown {
  return typeof value === 'string' ? withoutSessionTokens(value) : value;
}

/** A part of the function's X-Ray segment, current until it is closed. */
function openSegment(tracer: Tracer, name: string): () => void {
  const segment = tracer.isTracingEnabled() ? tracer.getSegment() : undefined;
  if (segment === undefined) return () => undefined;
  const part = segment.addNewSubsegment(`## ${name}`);
  tracer.setSegment(part);
  tracer.addServiceNameAnnotation();
  return () => {
    part.close();
    tracer.setSegment(segment);
  };
}
