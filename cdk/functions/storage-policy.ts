import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { StorageAccess } from './storage-access.ts';

/** The bucket and the key that encrypts it. */
export interface Storage {
  readonly bucket: IBucket;
  readonly key: IKey;
}

/** Statements that allow exactly this access. */
export function storageStatements(storage: Storage, { read, write, list }: StorageAccess): PolicyStatement[] {
  const { bucket } = storage;
  const objects = (keys: readonly string[]): string[] => keys.map((pattern) => bucket.arnForObjects(pattern));
  const statements = [
    new PolicyStatement({ actions: ['s3:GetObject'], resources: objects(read) }),
    new PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [bucket.bucketArn],
      // A request for an object has no prefix: without IfExists S3 would answer 403 where nothing is, not 404.
      conditions: { StringLikeIfExists: { 's3:prefix': list } },
    }),
    bucketKeyStatement(storage, write.length > 0),
  ];
  if (write.length > 0) statements.push(new PolicyStatement({ actions: ['s3:PutObject'], resources: objects(write) }));
  return statements;
}

/** Use of the key for objects of the bucket and for nothing else. */
export function bucketKeyStatement({ key }: Storage, writes: boolean): PolicyStatement {
  return new PolicyStatement({
    actions: writes ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'],
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `s3.${Stack.of(key).region}.amazonaws.com` } },
  });
}
