import { Duration } from 'aws-cdk-lib';
import { TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { SnsPublish } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { Notifications } from '../foundation/notifications.ts';
import { retryAny } from './tasks.ts';

/** Tell the subscribers. @param message path of the text, or an expression of one */
export function publish(
  scope: Construct,
  id: string,
  { topic }: Notifications,
  subject: string,
  message: string,
): SnsPublish {
  return retryAny(
    new SnsPublish(scope, id, {
      topic,
      subject,
      message: TaskInput.fromText(message),
      resultPath: '$.notification',
      taskTimeout: Timeout.duration(Duration.minutes(1)),
    }),
  );
}
