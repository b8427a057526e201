import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { DeploymentConfig } from './config.ts';
import { stageName } from './names.ts';

export interface NotificationsProps {
  readonly config: DeploymentConfig;
}

/** Where rankings, promotions, failures and alarms are told: an encrypted topic and those who subscribe to it. */
export class Notifications extends Construct {
  readonly topic: Topic;
  private readonly key: Key;

  constructor(scope: Construct, id: string, { config }: NotificationsProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: `ionsieve ${config.stage}: notifications`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY, // it keeps nothing that outlives the topic
    });
    // A key of its own, so that the services which publish can do nothing with the key of the data. The library lets
    // EventBridge use it where a rule has the topic as a target.
    this.key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'], // in a key's policy: this key
      }),
    );
    this.topic = new Topic(this, 'Topic', {
      topicName: stageName(config.stage, 'notifications'),
      displayName: `ionsieve ${config.stage}`,
      masterKey: this.key,
      enforceSSL: true,
    });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Alarms', // the policy replaces the one that lets every service of the account publish
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    for (const email of config.notificationEmails) this.topic.addSubscription(new EmailSubscription(email));
  }

  /** What a role needs to publish. */
  publishStatements(): PolicyStatement[] {
    return [
      new PolicyStatement({ actions: ['sns:Publish'], resources: [this.topic.topicArn] }),
      new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.key.keyArn] }),
    ];
  }
}
