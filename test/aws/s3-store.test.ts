import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { S3Store } from '../../shared/io/store/s3-store.ts';
import { storeContract } from '../io/store/store-contract.ts';
import { freePort, type Moto, startMoto } from './harness/moto.ts';

let moto: Moto;
let client: S3Client;
const buckets: string[] = [];

beforeAll(async () => {
  moto = await startMoto(inject('tools').python, await freePort());
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new S3Client({ endpoint: moto.url, region: 'us-east-1', credentials, forcePathStyle: true });
  for (let i = 0; i < 12; i++) {
    buckets.push(`contract-${i}`);
    await client.send(new CreateBucketCommand({ Bucket: `contract-${i}` }));
  }
});
afterAll(() => moto?.stop());

const open = (): S3Store => new S3Store(client, buckets.pop() as string);

describe('a store over S3', () => {
  storeContract(open);

  it('lists more objects than one answer of S3 holds', async () => {
    const store = open();
    const keys = Array.from({ length: 1001 }, (_, i) => `p/${String(i).padStart(4, '0')}`);
    await Promise.all(keys.map((key) => store.put(key, new Uint8Array(1))));
    expect(await store.list('p/')).toEqual(keys);
  });

  it('names the bucket that is not there, and what to check', async () => {
    await expect(new S3Store(client, 'not-there').get('x')).rejects.toThrow(
      /^s3:\/\/not-there\/x: cannot be accessed \(NoSuchBucket: .*check the name of the stage, the account and the region\.$/,
    );
  });
});
