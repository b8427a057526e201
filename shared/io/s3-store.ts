import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { IntegrityError } from '../errors.ts';
import { isAbsent, s3Error, statusOf } from './s3-errors.ts';
import type { ConditionalStore, ObjectInfo, VersionedObject } from './store.ts';

/** {@link ConditionalStore} over an S3 bucket. */
export class S3Store implements ConditionalStore {
  readonly location: string;
  private readonly client: S3Client;
  private readonly bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.client = client;
    this.bucket = bucket;
    this.location = `s3://${bucket}`;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return (await this.getVersioned(key))?.bytes;
  }

  async getVersioned(key: string): Promise<VersionedObject | undefined> {
    try {
      const { Body, ETag } = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      return { bytes: await (Body as NonNullable<typeof Body>).transformToByteArray(), version: ETag as string };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw s3Error(error, 's3:GetObject', this.name(key));
    }
  }

  async getRange(key: string, start: number, end: number): Promise<Uint8Array> {
    if (start === end) return new Uint8Array(); // S3 has no empty range
    const Range = `bytes=${start}-${end - 1}`;
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key, Range }));
      const bytes = await (Body as NonNullable<typeof Body>).transformToByteArray();
      if (bytes.length === end - start) return bytes;
      throw this.truncated(key, start, end, bytes.length);
    } catch (error) {
      if (statusOf(error) === 416) throw this.truncated(key, start, end, 0);
      throw s3Error(error, 's3:GetObject', this.name(key));
    }
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    try {
      await this.client.send(new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: bytes }));
    } catch (error) {
      throw s3Error(error, 's3:PutObject', this.name(key));
    }
  }

  async putIf(key: string, bytes: Uint8Array, version: string | undefined): Promise<boolean> {
    const condition = version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version };
    try {
      await this.client.send(new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: bytes, ...condition }));
      return true;
    } catch (error) {
      // 412: another version is there; 409: another writer is at it; 404: the version to replace was deleted
      if ([412, 409].includes(statusOf(error) as number) || isAbsent(error)) return false;
      throw s3Error(error, 's3:PutObject', this.name(key));
    }
  }

  async stat(key: string): Promise<ObjectInfo | undefined> {
    try {
      const head = await this.client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key }));
      return { key, size: head.ContentLength as number, version: head.ETag as string };
    } catch (error) {
      if (statusOf(error) === 404) return undefined; // an answer to HEAD has no body that could say more
      throw s3Error(error, 's3:GetObject', this.name(key));
    }
  }

  async list(prefix: string): Promise<string[]> {
    return (await this.listDetailed(prefix)).map(({ key }) => key);
  }

  async listDetailed(prefix: string): Promise<ObjectInfo[]> {
    const objects: ObjectInfo[] = [];
    let token: string | undefined;
    do {
      const page = await this.page(prefix, token);
      for (const { Key, Size, ETag } of page.Contents ?? [])
        objects.push({ key: Key as string, size: Size as number, version: ETag as string });
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return objects.sort((a, b) => (a.key < b.key ? -1 : 1)); // S3 sorts by UTF-8 bytes
  }

  private async page(Prefix: string, ContinuationToken: string | undefined) {
    try {
      return await this.client.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix, ContinuationToken }));
    } catch (error) {
      throw s3Error(error, 's3:ListBucket', this.name(Prefix));
    }
  }

  private name(key: string): string {
    return `${this.location}/${key}`;
  }

  private truncated(key: string, start: number, end: number, read: number): IntegrityError {
    return new IntegrityError(
      `bytes ${start} to ${end} were asked for and ${read} were there`,
      { file: this.name(key) },
      'The object is truncated: delete it and start the run again.',
    );
  }
}
