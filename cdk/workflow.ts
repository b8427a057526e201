import { ArnFormat, type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, type IChainable, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DeploymentConfig } from './config.ts';
import { acknowledgeResource, acknowledgeTracing, acknowledgeWildcards } from './nag.ts';
import { stageName } from './names.ts';
import type { Notifications } from './notifications.ts';
import type { ScreenerFunction } from './screener-function.ts';
import { bucketKeyStatement, type Storage } from './storage-policy.ts';

export interface WorkflowProps {
  readonly config: DeploymentConfig;
  /** Ending of the state machine's name, such as `screening`. */
  readonly name: string;
  readonly comment: string;
  readonly timeout: Duration;
  readonly definition: IChainable;
  readonly storage: Storage;
  readonly notifications: Notifications;
  /** Functions that it invokes. */
  readonly functions: readonly ScreenerFunction[];
  /** Key patterns of the item lists that its maps read. */
  readonly itemLists: readonly string[];
  /** Key patterns of what its maps write of their children. */
  readonly mapResults: readonly string[];
  /** Ids of its maps. */
  readonly maps: readonly string[];
}

/**
 * A state machine with log, traces and a role that is written out: the grants that the library adds by itself reach
 * the whole bucket and every version of a function.
 */
export class Workflow extends Construct {
  readonly stateMachine: StateMachine;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { config, name, definition } = props;
    const stateMachineName = stageName(config.stage, name);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName,
      comment: props.comment,
      definitionBody: DefinitionBody.fromChainable(definition),
      timeout: props.timeout,
      role: this.role.withoutPolicyUpdates(),
      tracingEnabled: true,
      logs: {
        level: LogLevel.ALL,
        includeExecutionData: true,
        destination: new LogGroup(this, 'Log', {
          logGroupName: `/aws/vendedlogs/states/${stateMachineName}`, // a prefix without the limit on log policies
          retention: config.retentionDays.logs,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
    this.stateMachine.node.tryRemoveChild('DistributedMapPolicy'); // the library's; ours follows
    this.allowStorage(props);
    this.allowChildren(stateMachineName, props.maps);
    this.allowLogsAndTraces();
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: props.functions.map((invoked) => invoked.function.functionArn),
      }),
    );
    for (const statement of props.notifications.publishStatements()) this.role.addToPolicy(statement);
    this.stateMachine.node.addDependency(this.role); // its log is refused while the role's policy is not there
  }

  /** Read the lists of its maps and write what became of their children. */
  private allowStorage({ storage, itemLists, mapResults }: WorkflowProps): void {
    const objects = (patterns: readonly string[]): string[] => patterns.map((key) => storage.bucket.arnForObjects(key));
    this.role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: objects(itemLists) }));
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:GetObject', 's3:PutObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
        resources: objects(mapResults),
      }),
    );
    this.role.addToPolicy(bucketKeyStatement(storage, true));
    acknowledgeWildcards(this.role, storage.bucket, [...itemLists, ...mapResults]);
  }

  /** Start, stop and redrive the children of its own maps. */
  private allowChildren(stateMachineName: string, maps: readonly string[]): void {
    const arn = (resource: string, resourceName: string): string =>
      Stack.of(this).formatArn({
        service: 'states',
        resource,
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    const executions = arn('execution', `${stateMachineName}:*`);
    const children = maps.map((map) => arn('execution', `${stateMachineName}/${map}:*`));
    const allow = (action: string, resources: string[]): void => {
      this.role.addToPolicy(new PolicyStatement({ actions: [`states:${action}`], resources }));
    };
    allow('StartExecution', [arn('stateMachine', stateMachineName)]);
    for (const action of ['DescribeExecution', 'StopExecution']) allow(action, [executions, ...children]);
    allow('RedriveExecution', children);
    for (const resource of [executions, ...children])
      acknowledgeResource(this.role, resource, 'Child executions get their names when a map starts them.');
  }

  private allowLogsAndTraces(): void {
    this.role.addToPolicy(
      new PolicyStatement({
        actions: [
          ...['logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery'],
          ...['logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies'],
          'logs:DescribeLogGroups',
          ...['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
          ...['xray:GetSamplingRules', 'xray:GetSamplingTargets'],
        ],
        resources: ['*'],
      }),
    );
    acknowledgeTracing(this.role);
  }
}
