import { Duration } from 'aws-cdk-lib';
import { type IChainable, type IStateMachine, TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { retryAny } from './tasks.ts';

export interface StartOnceProps {
  readonly stateMachine: IStateMachine;
  /** Path or expression of a name that says what is to be done. */
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What follows, whether the execution was started now or before. */
  readonly next: IChainable;
}

const ALREADY_STARTED = 'StepFunctions.ExecutionAlreadyExistsException';

/** Start an execution and do not wait for it. One of this name that was there already is what was wanted. */
export function startOnce(scope: Construct, id: string, props: StartOnceProps): StepFunctionsStartExecution {
  const start = new StepFunctionsStartExecution(scope, id, {
    stateMachine: props.stateMachine,
    name: props.name,
    input: TaskInput.fromObject({ ...props.input }),
    resultPath: '$.screening',
    taskTimeout: Timeout.duration(Duration.minutes(1)),
  });
  start.addRetry({ errors: [ALREADY_STARTED], maxAttempts: 0 });
  start.addCatch(props.next, { errors: [ALREADY_STARTED], resultPath: '$.screening' });
  retryAny(start).next(props.next);
  return start;
}
