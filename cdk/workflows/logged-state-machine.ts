import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, type IChainable, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../../shared/stage/stage-settings.ts';
import { acknowledgeTracing } from '../foundation/nag.ts';
import { stageName } from '../foundation/names.ts';

export interface LoggedStateMachineProps {
  readonly config: DeploymentConfig;
  /** Ending of the state machine's name, such as `screening`. */
  readonly name: string;
  readonly comment: string;
  readonly timeout: Duration;
  readonly definition: IChainable;
}

/**
 * A state machine with log and traces. Its role is written out by who makes it: the grants that the library adds by
 * itself reach the whole bucket and every version of a function.
 */
export abstract class LoggedStateMachine extends Construct {
  readonly stateMachine: StateMachine;
  readonly role: Role;

  constructor(scope: Construct, id: string, { config, name, comment, timeout, definition }: LoggedStateMachineProps) {
    super(scope, id);
    const stateMachineName = stageName(config.stage, name);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName,
      comment,
      timeout,
      definitionBody: DefinitionBody.fromChainable(definition),
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
    this.stateMachine.node.addDependency(this.role); // its log is refused while the role's policy is not there
  }

  protected allow(actions: string[], resources: string[]): void {
    this.role.addToPolicy(new PolicyStatement({ actions, resources }));
  }

  protected allowLogsAndTraces(): void {
    this.allow(
      [
        ...['logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery'],
        ...['logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies'],
        'logs:DescribeLogGroups',
        ...['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
        ...['xray:GetSamplingRules', 'xray:GetSamplingTargets'],
      ],
      ['*'],
    );
    acknowledgeTracing(this.role);
  }
}
