import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { IntegrityError } from '../../errors.ts';
import { isAbsent, isRefusal, s3Error, statusOf } from './s3-errors.ts';
import { PATIENCE, patiently, readBody, timeFor } from './s3-patience.ts';
import { type ConditionalStore, changedObject, type ObjectInfo, type VersionedObject } from './store.ts';

/**
 * {@link ConditionalStore} over an S3 bucket. S3 keeps the SHA-256 of what is put, refuses what arrives otherwise, and
 * gives it with the whole object, which is checked. Of ranges it gives none: who reads ranges checks them.
 */
export class S3Store implements ConditionalStore {
  readonly location: string;
  private readonly client: S3Client;
  private readonly bucket: string;
  private readonly patience: typeof PATIENCE;

  constructor(client: S3Client, bucket: string, patience = PATIENCE) {
    this.client = client;
    this.bucket = bucket;
    this.location = `s3://${bucket}`;
    this.patience = patience;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return (await this.getVersioned(key))?.bytes;
  }

  async getVersioned(key: string): Promise<VersionedObject | undefined> {
    try {
      return await this.fetch(key, { ChecksumMode: 'ENABLED' });
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw s3Error(error, 's3:GetObject', this.name(key));
    }
  }

  async getRange(key: string, start: number, end: number, version?: string): Promise<Uint8Array> {
    if (start === end) return new Uint8Array(); // S3 has no empty range
    try {
      const { bytes } = await this.fetch(key, { Range: `bytes=${start}-${end - 1}`, IfMatch: version });
      if (bytes.length === end - start) return bytes;
      throw this.truncated(key, start, end, bytes.length);
    } catch (error) {
      if (statusOf(error) === 416) throw this.truncated(key, start, end, 0);
      if (statusOf(error) === 412) throw changedObject(this.name(key));
      throw s3Error(error, 's3:GetObject', this.name(key));
    }
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    try {
      await this.send(key, bytes, {});
    } catch (error) {
      throw s3Error(error, 's3:PutObject', this.name(key));
    }
  }

  async putIf(key: string, bytes: Uint8Array, version: string | undefined): Promise<boolean> {
    try {
      await this.send(key, bytes, version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version });
      return true;
    } catch (error) {
      // 412: another version is there; 404: the version to replace was deleted
      if (statusOf(error) === 412 || isAbsent(error)) return false;
      throw s3Error(error, 's3:PutObject', this.name(key));
    }
  }

  async stat(key: string): Promise<ObjectInfo | undefined> {
    const command = new HeadObjectCommand({ Bucket: this.bucket, Key: key });
    try {
      const head = await patiently(this.patience, () => this.client.send(command, this.inTime(0)));
      return { key, size: head.ContentLength as number, version: head.ETag as string };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw s3Error(await this.explained(error, key), 's3:GetObject', this.name(key));
    }
  }

  /** An answer to HEAD has no body that could say more than its status: an answer to GET has. */
  private async explained(error: unknown, key: string): Promise<unknown> {
    if (!isRefusal(error)) return error;
    return this.fetch(key, { Range: 'bytes=0-0' }).then(
      () => error,
      (said: unknown) => (isRefusal(said) ? said : error),
    );
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

  private async page(Prefix: string, ContinuationToken: string | undefined): Promise<ListObjectsV2CommandOutput> {
    const command = new ListObjectsV2Command({ Bucket: this.bucket, Prefix, ContinuationToken });
    try {
      return await patiently(this.patience, async () =>
        wholePage(await this.client.send(command, this.inTime(0)), Prefix),
      );
    } catch (error) {
      throw s3Error(error, 's3:ListBucket', this.name(Prefix));
    }
  }

  private fetch(key: string, how: Partial<GetObjectCommandInput>): Promise<VersionedObject> {
    const command = new GetObjectCommand({ Bucket: this.bucket, Key: key, ...how });
    return patiently(this.patience, async () => {
      const { Body, ETag, ContentLength = 0 } = await this.client.send(command, this.inTime(0));
      return {
        bytes: await readBody(Body as Readable, timeFor(ContentLength, this.patience)),
        version: ETag as string,
      };
    });
  }

  private async send(key: string, bytes: Uint8Array, condition: Partial<PutObjectCommandInput>): Promise<void> {
    const object = { Bucket: this.bucket, Key: key, Body: bytes, ChecksumAlgorithm: 'SHA256', ...condition } as const;
    await patiently(this.patience, () => this.client.send(new PutObjectCommand(object), this.inTime(bytes.length)));
  }

  /** The SDK's own tries are within this time. */
  private inTime(bytes: number): { readonly abortSignal: AbortSignal } {
    return { abortSignal: AbortSignal.timeout(timeFor(bytes, this.patience)) };
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

/** A page of a listing, which says how many keys it has: one that is cut off may still be read as XML, with fewer. */
function wholePage(page: ListObjectsV2CommandOutput, prefix: string): ListObjectsV2CommandOutput {
  const { Contents = [], KeyCount, IsTruncated, NextContinuationToken } = page;
  const isWhole =
    KeyCount === Contents.length &&
    IsTruncated === (NextContinuationToken !== undefined) &&
    Contents.every(
      ({ Key, Size, ETag }) => Key?.startsWith(prefix) && Number.isSafeInteger(Size) && ETag !== undefined,
    );
  if (isWhole) return page;
  throw new Error(`a page of the listing has ${Contents.length} keys and says that it has ${KeyCount}`);
}
