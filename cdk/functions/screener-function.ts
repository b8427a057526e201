import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  type ILayerVersion,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DeploymentConfig, FunctionClass } from '../../shared/stage/stage-settings.ts';
import { acknowledgeTracing, acknowledgeWildcards } from '../foundation/nag.ts';
import { stageName } from '../foundation/names.ts';
import { sendStatements } from '../foundation/operations-key.ts';
import { type FunctionName, STORAGE_ACCESS } from './storage-access.ts';
import { type Storage, storageStatements } from './storage-policy.ts';

/** Read by ONNX Runtime when it is loaded, which comes before our own code: it would send events of its use to its maker. */
const NO_TELEMETRY = { ORT_DISABLE_TELEMETRY: '1' };

export interface ScreenerFunctionProps {
  readonly config: DeploymentConfig;
  readonly name: FunctionName;
  /** Decides on memory and time-out. */
  readonly functionClass: FunctionClass;
  readonly storage: Storage;
  /** Directory with one bundle per function. */
  readonly assetRoot: string;
  /** ONNX Runtime, for the functions that run a model. @default none */
  readonly layer?: ILayerVersion | undefined;
  /** Settings that only this function reads. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Receives events that failed after every retry. @default none */
  readonly deadLetterQueue?: IQueue | undefined;
}

/** One bundle as a function, with a role that reaches only the keys its handler works with, and a log that expires. */
export class ScreenerFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, props: ScreenerFunctionProps) {
    super(scope, id);
    const { config, name, functionClass, storage } = props;
    const functionName = stageName(config.stage, name);
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: config.retentionDays.logs,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = this.createRole(logGroup, storage, name);
    this.timeout = Duration.minutes(config.timeoutMinutes[functionClass]);
    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: config.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      handler: 'index.handler',
      code: Code.fromAsset(join(props.assetRoot, name)),
      layers: props.layer === undefined ? [] : [props.layer],
      memorySize: config.memoryMB[functionClass],
      timeout: this.timeout,
      role: this.role,
      logGroup,
      tracing: Tracing.ACTIVE,
      environment: {
        BUCKET: storage.bucket.bucketName,
        STAGE: config.stage,
        ...(props.layer === undefined ? {} : NO_TELEMETRY),
        ...props.environment,
      },
      ...(props.deadLetterQueue && { deadLetterQueue: props.deadLetterQueue }),
    });
    for (const statement of props.deadLetterQueue ? sendStatements(props.deadLetterQueue) : [])
      this.role.addToPolicy(statement);
    acknowledgeTracing(this.role);
  }

  private createRole(logGroup: LogGroup, storage: Storage, name: FunctionName): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const access = STORAGE_ACCESS[name];
    for (const statement of storageStatements(storage, access)) role.addToPolicy(statement);
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    acknowledgeWildcards(role, storage.bucket, [...access.read, ...access.write]);
    return role;
  }
}
