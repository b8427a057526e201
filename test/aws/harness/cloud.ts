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
import { S3Store } from '../../../shared/io/store/s3-store.ts';
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
  readonly roles: ReadonlyMap<string, string>; // names of the state machines' roles, by the ending of the machine's name
  /** What each may do, by access key: the name of the function, or of the state machine's role. */
  readonly statements: ReadonlyMap<string, readonly Statement[]>;
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
  const roles = await rolesOf(states, stateMachines);
  const statements = await allStatements(services, functions, roles);
  const helpers = gapFunctions(states);
  gateway.serve({ lambda, helpers, statements, keys: await encryptionKeys(s3, bucket) });
  await finishBucket(s3, bucket);
  const courier = new EventCourier(services, lambda, states);
  const store = new S3Store(s3, bucket);
  const deployed = { store, bucket, stateMachines, functions, roles, statements };
  return { url, s3, states, services, lambda, gateway, courier, ...deployed };
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

async function rolesOf(
  states: SFNClient,
  stateMachines: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const entries = [...stateMachines].map(async ([name, stateMachineArn]) => {
    const { roleArn = '' } = await states.send(new DescribeStateMachineCommand({ stateMachineArn }));
    return [name, roleArn.split('/').at(-1)!] as const;
  });
  return new Map(await Promise.all(entries));
}

/** What the role of each function and of each state machine allows. */
async function allStatements(
  services: Services,
  functions: ReadonlyMap<string, DeployedFunction>,
  roles: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, readonly Statement[]>> {
  const ofFunctions = [...functions.values()].map(({ name, roleName }) => [name, roleName]);
  const ofWorkflows = [...roles.values()].map((role) => [role, role]);
  const entries = [...ofFunctions, ...ofWorkflows].map(
    async ([accessKey, role]) => [accessKey, await statementsOf(services, role)] as const,
  );
  return new Map(await Promise.all(entries));
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
