import { Duration } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  DistributedMap,
  Errors,
  type IChainable,
  JitterType,
  ResultWriterV2,
  type RetryProps,
  S3JsonItemReader,
  TaskInput,
  type TaskStateBase,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import {
  BACKOFF_RATE,
  OTHER_RETRY,
  type RetryPolicy,
  SERVICE_RETRY,
  THROTTLING_RETRY,
} from '../../shared/cost/retries.ts';
import type { ScreenerFunction } from '../functions/screener-function.ts';

/** What a retry cannot mend: the handlers raise these on purpose, and a second try would say the same. */
const FINAL_ERRORS = ['InputError', 'IntegrityError'];

const SERVICE_ERRORS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
];

/** Full jitter, because thousands of chunks that are turned away together would come back together. */
function retry(errors: string[], { maxAttempts, intervalSeconds, maxDelaySeconds }: RetryPolicy): RetryProps {
  return {
    errors,
    maxAttempts,
    interval: Duration.seconds(intervalSeconds),
    maxDelay: Duration.seconds(maxDelaySeconds),
    backoffRate: BACKOFF_RATE,
    jitterStrategy: JitterType.FULL,
  };
}

/** Retry whatever else went wrong, a few times. */
export function retryAny<T extends Pick<TaskStateBase, 'addRetry'>>(task: T): T {
  task.addRetry(retry([Errors.ALL], OTHER_RETRY));
  return task;
}

function retryInvocation(task: LambdaInvoke): LambdaInvoke {
  task.addRetry({ errors: FINAL_ERRORS, maxAttempts: 0 });
  task.addRetry(retry(['Lambda.TooManyRequestsException'], THROTTLING_RETRY));
  task.addRetry(retry(SERVICE_ERRORS, SERVICE_RETRY));
  return retryAny(task);
}

export interface InvokeProps {
  readonly function: ScreenerFunction;
  /** Path of the event in the state's input. @default the whole input */
  readonly event?: string;
  /** Fields of the event, instead. @default those at {@link event} */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Where the receipt goes. @default it replaces the state's input */
  readonly resultPath?: string;
}

/** Invoke a function: its receipt is the result; retried, and stopped a little after the function would stop itself. */
export function invoke(scope: Construct, id: string, props: InvokeProps): LambdaInvoke {
  const { event, fields, resultPath } = props;
  return retryInvocation(
    new LambdaInvoke(scope, id, {
      lambdaFunction: props.function.function,
      ...(event !== undefined && { inputPath: event }), // not a payload of this path: that is rendered as plain text
      ...(fields && { payload: TaskInput.fromObject({ ...fields }) }),
      payloadResponseOnly: true,
      ...(resultPath !== undefined && { resultPath }),
      taskTimeout: Timeout.duration(props.function.timeout.plus(Duration.seconds(30))),
      retryOnServiceExceptions: false, // its list lacks throttling
    }),
  );
}

export interface ForEachProps {
  readonly bucket: IBucket;
  /** Path of the key of a JSON list: one item, one child execution. */
  readonly itemsKey: string;
  /** Path of the prefix under which the outcome of every child is written. */
  readonly resultPrefix: string;
  readonly maxConcurrency: number;
  readonly itemSelector?: Readonly<Record<string, unknown>>;
  /** Where the place of the outcomes goes. */
  readonly resultPath: string;
}

/**
 * Do something for every item of a list in the bucket, each in a child execution of its own. No failure is tolerated:
 * a result with a hole is a wrong result, and a map that succeeded within a tolerance cannot be redriven.
 */
export function forEach(scope: Construct, id: string, props: ForEachProps, processor: IChainable): DistributedMap {
  const { bucket, itemsKey, resultPrefix, ...rest } = props;
  return new DistributedMap(scope, id, {
    ...rest,
    label: id,
    itemReader: new S3JsonItemReader({ bucket, key: itemsKey }),
    resultWriterV2: new ResultWriterV2({ bucket, prefix: resultPrefix }),
  }).itemProcessor(processor);
}
