import { describe, expect, it } from 'vitest';
import { flat, ofType, type Stage, synthesize } from './synthesize.ts';

const NAME = 'ionsieve-dev-<AWS::AccountId>-<AWS::Region>';

function bucketNamed({ data }: Stage, name: string): [string, Record<string, unknown>] {
  return ofType(data, 'AWS::S3::Bucket').find(([, { BucketName }]) => flat(BucketName) === name)!;
}

describe('data stack', () => {
  const { dev: stage, temporary } = synthesize({ dev: {}, temporary: { removalPolicy: 'destroy' } });
  const [id, bucket] = bucketNamed(stage, NAME);
  const [logsId, logs] = bucketNamed(stage, `${NAME}-logs`);

  it('keeps versions and encrypts with a key of its own, which is rotated', () => {
    const [[keyId, key]] = ofType(stage.data, 'AWS::KMS::Key');
    expect(bucket.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(bucket.BucketEncryption).toMatchObject({
      ServerSideEncryptionConfiguration: [
        { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
      ],
    });
    expect(JSON.stringify(bucket.BucketEncryption)).toContain(keyId);
    expect(key.EnableKeyRotation).toBe(true);
  });

  it('lets no service but those of its account use the key', () => {
    const [[, { KeyPolicy }]] = ofType(stage.data, 'AWS::KMS::Key');
    const principals = (KeyPolicy as { Statement: { Principal: unknown }[] }).Statement.map(({ Principal }) =>
      JSON.stringify(Principal),
    );
    expect(principals).toEqual([expect.stringContaining(':root')]);
  });

  it('blocks public access to both buckets', () => {
    const all = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true };
    expect([bucket, logs].map((each) => each.PublicAccessBlockConfiguration)).toEqual([all, all]);
  });

  it.each([id, logsId])('denies everything without TLS on %s', (bucketId) => {
    const [, policy] = ofType(stage.data, 'AWS::S3::BucketPolicy').find(
      ([, { Bucket }]) => flat(Bucket) === `<${bucketId}>`,
    )!;
    const { Statement } = policy.PolicyDocument as { Statement: Record<string, unknown>[] };
    expect(Statement).toContainEqual({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      Resource: [expect.anything(), expect.anything()],
    });
  });

  it('logs every access, and deletes the log in time', () => {
    expect(flat((bucket.LoggingConfiguration as Record<string, unknown>).DestinationBucketName)).toBe(`<${logsId}>`);
    expect(logs.LifecycleConfiguration).toEqual({ Rules: [{ ExpirationInDays: 365, Status: 'Enabled' }] });
  });

  it('deletes old versions and the leftovers of retraining, but no run, model or dataset', () => {
    expect(bucket.LifecycleConfiguration).toEqual({
      Rules: [
        {
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          Status: 'Enabled',
        },
        { ExpirationInDays: 90, Prefix: 'retrain/', Status: 'Enabled' },
      ],
    });
  });

  it('sends events to EventBridge without a function of its own for that', () => {
    expect(bucket.NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
    const types = Object.values(stage.data).map(({ Type }) => Type);
    expect(types.filter((type) => type.startsWith('Custom::') || type === 'AWS::Lambda::Function')).toEqual([]);
  });

  it('keeps buckets and key when it is deleted, unless it is told to destroy them', () => {
    for (const [{ data }, deletion] of [
      [stage, 'Retain'],
      [temporary, 'Delete'],
    ] as const) {
      const held = Object.values(data).filter(({ Type }) => ['AWS::S3::Bucket', 'AWS::KMS::Key'].includes(Type));
      expect(held.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual([deletion, deletion, deletion]);
    }
  });
});
