import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { acknowledgeResource, acknowledgeWildcards } from '../foundation/nag.ts';
import { stageName } from '../foundation/names.ts';
import type { Notifications } from '../foundation/notifications.ts';
import type { ScreenerFunction } from '../functions/screener-function.ts';
import { bucketKeyStatement, type Storage } from '../functions/storage-policy.ts';
import { LoggedStateMachine, type LoggedStateMachineProps } from './logged-state-machine.ts';

export interface WorkflowProps extends LoggedStateMachineProps {
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

/** A state machine that invokes functions, also in distributed maps over lists in the bucket. */
export class Workflow extends LoggedStateMachine {
  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id, props);
    this.stateMachine.node.tryRemoveChild('DistributedMapPolicy'); // the library's; ours follows
    this.allowStorage(props);
    this.allowChildren(stageName(props.config.stage, props.name), props.maps);
    this.allowLogsAndTraces();
    const functions = props.functions.map((invoked) => invoked.function.functionArn);
    this.allow(['lambda:InvokeFunction'], functions);
    for (const statement of props.notifications.publishStatements()) this.role.addToPolicy(statement);
  }

  /** Read the lists of its maps and write what became of their children. */
  private allowStorage({ storage, itemLists, mapResults }: WorkflowProps): void {
    const objects = (patterns: readonly string[]): string[] => patterns.map((key) => storage.bucket.arnForObjects(key));
    this.allow(['s3:GetObject'], objects(itemLists));
    this.allow(
      ['s3:GetObject', 's3:PutObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
      objects(mapResults),
    );
    this.role.addToPolicy(bucketKeyStatement(storage, true));
    acknowledgeWildcards(this.role, storage.bucket, [...itemLists, ...mapResults]);
  }

  /** Start, stop and redrive the children of its own maps. */
  private allowChildren(stateMachineName: string, maps: readonly string[]): void {
    const executions = statesArn(this, 'execution', `${stateMachineName}:*`);
    const children = maps.map((map) => statesArn(this, 'execution', `${stateMachineName}/${map}:*`));
    this.allow(['states:StartExecution'], [statesArn(this, 'stateMachine', stateMachineName)]);
    for (const action of ['DescribeExecution', 'StopExecution'])
      this.allow([`states:${action}`], [executions, ...children]);
    this.allow(['states:RedriveExecution'], children);
    for (const resource of [executions, ...children])
      acknowledgeResource(this.role, resource, 'Child executions get their names when a map starts them.');
  }
}

/** ARN of something of Step Functions, by name: a reference would be a circle where a machine's own role has it. */
export function statesArn(scope: Construct, resource: string, resourceName: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource,
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
