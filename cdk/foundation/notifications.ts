import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../../shared/stage/stage-settings.ts';
import { stageName } from './names.ts';

export interface NotificationsProps {
  readonly config: DeploymentConfig;
  /** Encrypts the topic. */
  readonly key: IKey;
}

/** Where rankings, promotions, failures and alarms are told: an encrypted topic and those who subscribe to it. */
export class Notifications extends Construct {
  readonly topic: Topic;
  /** The topic for rules that publish: as a target, {@link topic} would be opened to the rules of every account. */
  readonly target: ITopic;
  private readonly key: IKey;
  private readonly names: string;

  constructor(scope: Construct, id: string, { config, key }: NotificationsProps) {
    super(scope, id);
    this.key = key;
    this.names = stageName(config.stage, '*');
    this.topic = new Topic(this, 'Topic', {
      topicName: stageName(config.stage, 'notifications'),
      displayName: `ionsieve ${config.stage}`,
      masterKey: key,
      enforceSSL: true,
    });
    this.target = Topic.fromTopicArn(this, 'Target', this.topic.topicArn);
    this.allow('cloudwatch', 'alarm', ArnFormat.COLON_RESOURCE_NAME);
    this.allow('events', 'rule', ArnFormat.SLASH_RESOURCE_NAME);
    for (const email of config.notificationEmails) this.topic.addSubscription(new EmailSubscription(email));
  }

  /** Let alarms or rules of this stage publish; the policy replaces the one that lets every service of the account. */
  private allow(service: string, resource: string, arnFormat: ArnFormat): void {
    const source = Stack.of(this).formatArn({ service, resource, resourceName: this.names, arnFormat });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal(`${service}.amazonaws.com`)],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: { 'aws:SourceArn': source },
        },
      }),
    );
  }

  /** What a role needs to publish. */
  publishStatements(): PolicyStatement[] {
    return [
      new PolicyStatement({ actions: ['sns:Publish'], resources: [this.topic.topicArn] }),
      new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.key.keyArn] }),
    ];
  }
}
