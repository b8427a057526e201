import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from './config.ts';
import { bucketName, stageName } from './names.ts';
import { Notifications } from './notifications.ts';
import { ScreenerFunctions } from './screener-functions.ts';
import { ScreeningWorkflow } from './screening-workflow.ts';
import type { Storage } from './storage-policy.ts';

export interface ScreenerStackProps extends StackProps {
  readonly config: DeploymentConfig;
  /** Encrypts the bucket of the data stack. */
  readonly key: IKey;
  /** Directory with one bundle per function and the layer. */
  readonly assetRoot: string;
}

/** All that computes and holds nothing: functions, workflows, triggers, notifications, dashboard and alarms. */
export class ScreenerStack extends Stack {
  constructor(scope: Construct, id: string, props: ScreenerStackProps) {
    super(scope, id, props);
    const { config, key, assetRoot } = props;
    // By name, not by reference: the policies then say which bucket they are for.
    const bucket = Bucket.fromBucketName(this, 'Bucket', bucketName(config.stage));
    const storage: Storage = { bucket, key };
    const notifications = new Notifications(this, 'Notifications', { config });
    const failedTriggers = new Queue(this, 'FailedTriggers', {
      queueName: stageName(config.stage, 'failed-triggers'),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const functions = new ScreenerFunctions(this, 'Functions', { config, storage, assetRoot, failedTriggers });
    const shared = { config, storage, notifications, functions };
    const screening = new ScreeningWorkflow(this, 'Screening', shared);
    new CfnOutput(this, 'ScreeningArn', { value: screening.workflow.stateMachine.stateMachineArn });
    new CfnOutput(this, 'TopicArn', { value: notifications.topic.topicArn });
  }
}
