import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetBucketEncryptionCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeStateMachineCommand,
  ListStateMachinesCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { S3Store } from '../../../shared/io/s3-store.ts';
import type { Assembly } from './assembly.ts';
import { deploy, deployedFunctions, statementsOf } from './deploy.ts';
import type { DeployedFunction } from './environment.ts';
import { EventCourier } from './events.ts';
import { Gateway } from './gateway.ts';
import type { Tools } from './install.ts';
import { LambdaService } from './lambda-service.ts';
import { executeStateMachines, freePort, type Moto, startMoto } from './moto.ts';
import { executable, gapFunctions } from './moto-gaps.ts';
import type { Statement } from './permissions.ts';
import { Services } from './services.ts';

/** Access key that moto's Step Functions signs with, whichever state machine it executes. */
const STATES = 'ak';

/** An AWS account on this machine into which an assembly was deployed. */
export interface Cloud {
  readonly url: string;
  readonly s3: S3Client;
  readonly states: SFNClient;
  readonly services: Services;
  readonly store: S3Store; // the stage's bucket
  readonly bucket: string;
  readonly stateMachines: ReadonlyMap<string, string>; // ARN by the ending of the name, such as `screening`
  readonly functions: ReadonlyMap<string, DeployedFunction>;
  readonly statements: ReadonlyMap<string, readonly Statement[]>; // of functions, by name
  readonly lambda: LambdaService;
  readonly gateway: Gateway;
  readonly courier: EventCourier; // to be started
  stop(): Promise<void>;
}

/** Start an account and deploy into it. */
export async function startCloud(tools: Tools, assembly: Assembly, stage: string): Promise<Cloud> {
  const port = await freePort();
  const gateway = new Gateway();
  await gateway.listen(port);
  const moto = await startMoto(tools.python, port);
  gateway.passTo(moto.url);
  const tasks = await mkdtemp(join(tmpdir(), 'ionsieve-tasks-'));
  const stop = async (): Promise<void> => {
    await moto.stop();
    gateway.close();
    await rm(tasks, { recursive: true, force: true });
  };
  try {
    const cloud = await fill({ url: `http://127.0.0.1:${port}`, moto, gateway, tasks }, tools, assembly, stage);
    return {
      ...cloud,
      stop: async () => {
        await cloud.courier.stop();
        cloud.lambda.stop();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What an account runs on. */
interface Ground {
  readonly url: string;
  readonly moto: Moto;
  readonly gateway: Gateway;
  readonly tasks: string; // folder for the functions' code
}

async function fill(
  { url, moto, gateway, tasks }: Ground,
  tools: Tools,
  assembly: Assembly,
  stage: string,
): Promise<Omit<Cloud, 'stop'>> {
  const client = { endpoint: url, region: 'us-east-1', credentials: { accessKeyId: 'operator', secretAccessKey: '-' } };
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const states = new SFNClient(client);
  const services = new Services(url);
  await deploy(assembly, services, s3);
  const functions = await outOfTree(await deployedFunctions(assembly, services), tasks);
  const bucket = [...functions.values()][0].variables.BUCKET;
  const lambda = new LambdaService(tools.node, functions, ({ name }) => credentials(url, name));
  const stateMachines = await moveStateMachines(states, moto, stage);
  const statements = await allStatements(services, states, functions, stateMachines);
  const asStates = new SFNClient({ ...client, credentials: { accessKeyId: STATES, secretAccessKey: '-' } });
  const helpers = gapFunctions(states, asStates);
  gateway.serve({ lambda, helpers, statements, keys: await encryptionKeys(s3, bucket) });
  await finishBucket(s3, bucket);
  const courier = new EventCourier(services, lambda);
  const store = new S3Store(s3, bucket);
  return { url, s3, states, services, store, bucket, stateMachines, functions, statements, lambda, gateway, courier };
}

/** Copies of code and layers beside no package of the project, so that only what was deployed can be found. */
async function outOfTree(
  functions: ReadonlyMap<string, DeployedFunction>,
  tasks: string,
): Promise<ReadonlyMap<string, DeployedFunction>> {
  const moved = new Map<string, Promise<string>>();
  const move = (folder: string): Promise<string> => {
    const target = join(tasks, String(moved.size));
    if (!moved.has(folder))
      moved.set(
        folder,
        cp(folder, target, { recursive: true }).then(() => target),
      );
    return moved.get(folder)!;
  };
  const entries = [...functions].map(async ([name, deployed]) => {
    const layers = await Promise.all(deployed.layers.map(move));
    return [name, { ...deployed, code: await move(deployed.code), layers }] as const;
  });
  return new Map(await Promise.all(entries));
}

/** A function signs with its own name, so that its calls are known as its own. */
function credentials(url: string, name: string): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: name,
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
    AWS_ENDPOINT_URL: url,
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2', // discarded
  };
}

/** Moto's CloudFormation makes state machines that are kept only: create each again as one that is executed. */
async function moveStateMachines(states: SFNClient, moto: Moto, stage: string): Promise<ReadonlyMap<string, string>> {
  const { stateMachines = [] } = await states.send(new ListStateMachinesCommand({}));
  const kept = await Promise.all(
    stateMachines.map(({ stateMachineArn }) => states.send(new DescribeStateMachineCommand({ stateMachineArn }))),
  );
  await executeStateMachines(moto);
  const moved = kept.map(async ({ name = '', definition: synthesized = '', roleArn }) => {
    const definition = executable(synthesized);
    const { stateMachineArn = '' } = await states.send(new CreateStateMachineCommand({ name, definition, roleArn }));
    return [name.replace(`ionsieve-${stage}-`, ''), stateMachineArn] as const;
  });
  return new Map(await Promise.all(moved));
}

/** What each function's role allows, and what those of the state machines allow together. */
async function allStatements(
  services: Services,
  states: SFNClient,
  functions: ReadonlyMap<string, DeployedFunction>,
  stateMachines: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, readonly Statement[]>> {
  const statements = new Map<string, readonly Statement[]>();
  for (const { name, roleName } of functions.values()) statements.set(name, await statementsOf(services, roleName));
  const ofWorkflows = [...stateMachines.values()].map(async (stateMachineArn) => {
    const { roleArn = '' } = await states.send(new DescribeStateMachineCommand({ stateMachineArn }));
    return statementsOf(services, roleArn.split('/').at(-1)!);
  });
  return statements.set(STATES, (await Promise.all(ofWorkflows)).flat());
}

async function encryptionKeys(s3: S3Client, Bucket: string): Promise<ReadonlyMap<string, string>> {
  const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
  const [rule] = ServerSideEncryptionConfiguration?.Rules ?? [];
  const key = rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID;
  return new Map(key === undefined ? [] : [[Bucket, key]]);
}

/** What moto's CloudFormation leaves out of a bucket. */
async function finishBucket(s3: S3Client, Bucket: string): Promise<void> {
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  const NotificationConfiguration = { EventBridgeConfiguration: {} };
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
}
