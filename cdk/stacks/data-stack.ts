import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { DeploymentConfig, RetentionDays } from '../../shared/stage/stage-settings.ts';
import { bucketName } from '../foundation/names.ts';

export interface DataStackProps extends StackProps {
  readonly config: DeploymentConfig;
}

/** What outlives a deployment: the bucket with spaces, models, datasets and runs, and the key that encrypts it. */
export class DataStack extends Stack {
  readonly bucket: Bucket;
  readonly key: Key;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { stage, removalPolicy, retentionDays } = props.config;
    const removal = removalPolicy === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.key = new Key(this, 'Key', {
      description: `ionsieve ${stage}: spaces, models, datasets and runs`,
      enableKeyRotation: true,
      removalPolicy: removal,
    });
    const shared = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: removal,
    };
    const accessLogs = new LogBucket(this, 'AccessLogs', {
      ...shared,
      bucketName: bucketName(stage, '-logs'),
      encryption: BucketEncryption.S3_MANAGED, // log delivery cannot use a customer key
      lifecycleRules: [{ expiration: Duration.days(retentionDays.accessLogs) }],
    });
    this.bucket = new Bucket(this, 'Bucket', {
      ...shared,
      bucketName: bucketName(stage),
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true, // one call to the key service a session, not one an object
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'data/',
      lifecycleRules: lifecycle(retentionDays),
    });
    sendEvents(this.bucket);
    new CfnOutput(this, 'BucketName', { value: this.bucket.bucketName });
  }
}

/** As {@link IBucket} asks where optional properties are exact: `isWebsite` of a Bucket may be undefined, which is none. */
class LogBucket extends Bucket {
  override get isWebsite(): boolean {
    return super.isWebsite ?? false;
  }
}

function lifecycle({ oldVersions, retraining }: RetentionDays): LifecycleRule[] {
  return [
    {
      abortIncompleteMultipartUploadAfter: Duration.days(7),
      noncurrentVersionExpiration: Duration.days(oldVersions),
    },
    { prefix: 'retrain/', expiration: Duration.days(retraining) },
  ];
}

/** Events to EventBridge; the property of the higher construct would add a custom resource with a function of its own. */
function sendEvents(bucket: Bucket): void {
  const resource = bucket.node.defaultChild as CfnBucket;
  resource.addPropertyOverride('NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled', true);
}
