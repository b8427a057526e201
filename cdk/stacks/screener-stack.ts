import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from '../../shared/stage/stage-settings.ts';
import { bucketName, stageName } from '../foundation/names.ts';
import { Notifications } from '../foundation/notifications.ts';
import { OperationsKey } from '../foundation/operations-key.ts';
import { ScreenerFunctions } from '../functions/screener-functions.ts';
import type { Storage } from '../functions/storage-policy.ts';
import { Alarms } from '../operations/alarms.ts';
import { Dashboard } from '../operations/dashboard.ts';
import { FailureNotice } from '../operations/failure-notice.ts';
import { StageMetrics } from '../operations/metrics.ts';
import { RetrainingWorkflow } from '../workflows/retraining-workflow.ts';
import { ScreeningWorkflow } from '../workflows/screening-workflow.ts';
import { Triggers } from '../workflows/triggers.ts';

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
    const operations = new OperationsKey(this, 'Operations', { config });
    const notifications = new Notifications(this, 'Notifications', { config, key: operations.key });
    const deadLetters = this.createDeadLetters(config.stage, operations.key);
    const functions = new ScreenerFunctions(this, 'Functions', { config, storage, assetRoot, deadLetters });
    const shared = { config, storage, notifications, functions, deadLetters };
    const screening = new ScreeningWorkflow(this, 'Screening', shared);
    const retraining = new RetrainingWorkflow(this, 'Retraining', shared);
    const machines = { screening: screening.workflow.stateMachine, retraining: retraining.workflow.stateMachine };
    const stateMachines = Object.values(machines);
    new Triggers(this, 'Triggers', { ...shared, trigger: functions.get('trigger') });
    new FailureNotice(this, 'FailureNotice', { ...shared, stateMachines });
    const metrics = new StageMetrics(config, functions);
    const { alarms } = new Alarms(this, 'Alarms', { ...shared, metrics, stateMachines });
    new Dashboard(this, 'Dashboard', { ...shared, ...machines, metrics, alarms });
    operations.encryptLogs(this);
    new CfnOutput(this, 'ScreeningArn', { value: machines.screening.stateMachineArn });
    new CfnOutput(this, 'RetrainingArn', { value: machines.retraining.stateMachineArn });
    new CfnOutput(this, 'TopicArn', { value: notifications.topic.topicArn });
  }

  private createDeadLetters(stage: string, encryptionMasterKey: IKey): Queue {
    return new Queue(this, 'DeadLetters', {
      queueName: stageName(stage, 'dead-letters'),
      encryption: QueueEncryption.KMS,
      encryptionMasterKey,
      enforceSSL: true,
      retentionPeriod: Duration.days(14), // the most that there is
    });
  }
}
