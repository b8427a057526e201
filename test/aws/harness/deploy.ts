import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Assembly, assetFolder, type Resource, resourcesOf } from './assembly.ts';
import type { DeployedFunction } from './environment.ts';
import { deployable } from './moto-gaps.ts';
import type { Statement } from './permissions.ts';
import { ACCOUNT, elements, type Services } from './services.ts';

/** An empty zip archive: moto wants code to be there, and this harness runs the asset's folder instead. */
const EMPTY_ZIP = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]);

/** Deploy an assembly's templates, as they are, by moto's CloudFormation. */
export async function deploy(assembly: Assembly, services: Services, s3: S3Client): Promise<void> {
  const bootstrap = { Name: '/cdk-bootstrap/hnb659fds/version', Type: 'String', Value: '30' };
  await services.json('ssm', 'AmazonSSM.PutParameter', bootstrap);
  const Bucket = `cdk-hnb659fds-assets-${ACCOUNT}-us-east-1`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  const codes = resourcesOf(assembly, 'AWS::Lambda::Function').map(({ Properties }) => Properties.Code);
  const contents = resourcesOf(assembly, 'AWS::Lambda::LayerVersion').map(({ Properties }) => Properties.Content);
  for (const { S3Key } of [...codes, ...contents] as { S3Key: string }[])
    await s3.send(new PutObjectCommand({ Bucket, Key: S3Key, Body: EMPTY_ZIP }));
  for (const { name, text } of assembly.stacks) {
    await services.query('cloudformation', 'CreateStack', { StackName: name, TemplateBody: deployable(text) });
    const description = await services.query('cloudformation', 'DescribeStacks', { StackName: name });
    const [status] = elements(description, 'StackStatus');
    if (status !== 'CREATE_COMPLETE') throw new Error(`stack ${name}: ${status} ${description}`);
  }
}

/** The deployed functions: settings as the account has them, code and layers as the template names them. */
export async function deployedFunctions(
  assembly: Assembly,
  services: Services,
): Promise<ReadonlyMap<string, DeployedFunction>> {
  const layers = new Map(resourcesOf(assembly, 'AWS::Lambda::LayerVersion').map((layer) => [layer.id, layer]));
  const functions = resourcesOf(assembly, 'AWS::Lambda::Function').map(async ({ Properties }) => {
    const name = Properties.FunctionName as string;
    const settings = await configurationOf(services, name);
    const references = (Properties.Layers ?? []) as { Ref: string }[];
    const folders = references.map(({ Ref }) => assetFolder(assembly, contentOf(layers.get(Ref)!)));
    const code = await assetFolder(assembly, Properties.Code as { S3Key: string });
    return [name, { ...settings, code, layers: await Promise.all(folders) }] as const;
  });
  return new Map(await Promise.all(functions));
}

function contentOf({ Properties }: Resource): { S3Key: string } {
  return Properties.Content as { S3Key: string };
}

async function configurationOf(services: Services, name: string): Promise<Omit<DeployedFunction, 'code' | 'layers'>> {
  const path = `/2015-03-31/functions/${name}/configuration`;
  const configuration = (await services.get('lambda', path)) as {
    FunctionArn: string;
    Handler: string;
    MemorySize: number;
    Timeout: number;
    Role: string;
    Environment?: { Variables: Record<string, string> };
  };
  return {
    name,
    arn: configuration.FunctionArn,
    handler: configuration.Handler,
    memory: configuration.MemorySize,
    timeout: configuration.Timeout,
    variables: configuration.Environment?.Variables ?? {},
    roleName: configuration.Role.split('/').at(-1)!,
  };
}

/** What a role may do: the statements of its own policies, as the account resolved them. */
export async function statementsOf(services: Services, RoleName: string): Promise<Statement[]> {
  const names = elements(await services.query('iam', 'ListRolePolicies', { RoleName }), 'member');
  const policies = names.map(async (PolicyName) => {
    const [document] = elements(
      await services.query('iam', 'GetRolePolicy', { RoleName, PolicyName }),
      'PolicyDocument',
    );
    return (JSON.parse(decodeURIComponent(document)) as { Statement: Statement[] }).Statement;
  });
  return (await Promise.all(policies)).flat();
}
