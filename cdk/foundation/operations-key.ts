import { ArnFormat, Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../../shared/stage/stage-settings.ts';
import { stageName } from './names.ts';

export interface OperationsKeyProps {
  readonly config: DeploymentConfig;
}

const ENVELOPE = ['kms:Decrypt', 'kms:GenerateDataKey'];

type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Encrypts what a stage tells of itself: logs, notifications and undelivered events. A key of its own, so that the
 * services which write these can do nothing with the key of the data; each is let in for this stage's resources alone.
 */
export class OperationsKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { config: { stage } }: OperationsKeyProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: `ionsieve ${stage}: logs, notifications and undelivered events`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY, // it keeps nothing that outlives the stack
    });
    const arn = (service: string, resource: string, name: string, arnFormat: ArnFormat): string =>
      Stack.of(this).formatArn({ service, resource, resourceName: stageName(stage, name), arnFormat });
    const from = (source: string): Conditions => ({
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnLike: { 'aws:SourceArn': source },
    });
    const { COLON_RESOURCE_NAME, SLASH_RESOURCE_NAME, NO_RESOURCE_NAME } = ArnFormat;
    this.allow('cloudwatch', ENVELOPE, from(arn('cloudwatch', 'alarm', '*', COLON_RESOURCE_NAME)));
    this.allow('events', ENVELOPE, from(arn('events', 'rule', '*', SLASH_RESOURCE_NAME))); // to the queue
    // To the topic: for encrypted topics EventBridge gives the key no source, so the topic's own policy asks for it.
    // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    const topic = Stack.of(this).formatArn({
      service: 'sns',
      resource: stageName(stage, 'notifications'),
      arnFormat: NO_RESOURCE_NAME,
    });
    this.allow('events', ENVELOPE, { StringEquals: { 'kms:EncryptionContext:aws:sns:topicArn': topic } });
    const groups = ['/aws/lambda/', '/aws/vendedlogs/states/'].map((prefix) =>
      Stack.of(this).formatArn({
        service: 'logs',
        resource: 'log-group',
        resourceName: `${prefix}${stageName(stage, '*')}`,
        arnFormat: COLON_RESOURCE_NAME,
      }),
    );
    this.allow(
      `logs.${Aws.REGION}`,
      ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': groups } },
    );
  }

  /** Encrypt every log group of a stack that is there by now. */
  encryptLogs(stack: Stack): void {
    for (const each of stack.node.findAll()) if (CfnLogGroup.isCfnLogGroup(each)) each.kmsKeyId = this.key.keyArn;
  }

  private allow(service: string, actions: string[], conditions: Conditions): void {
    const principals = [new ServicePrincipal(`${service}.amazonaws.com`)];
    const resources = ['*']; // in a key's policy: this key
    this.key.addToResourcePolicy(new PolicyStatement({ principals, actions, resources, conditions }));
  }
}

/** What a role needs to put messages into an encrypted queue. */
export function sendStatements(queue: IQueue): PolicyStatement[] {
  const key = queue.encryptionMasterKey;
  return [
    new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }),
    ...(key === undefined ? [] : [new PolicyStatement({ actions: ENVELOPE, resources: [key.keyArn] })]),
  ];
}
