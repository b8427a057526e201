import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CLIENT_SETTINGS } from '../../shared/aws.ts';
import { S3Store } from '../../shared/io/store/s3-store.ts';
import { installTools } from '../aws/harness/install.ts';
import { freePort, type Moto, startMoto } from '../aws/harness/moto.ts';

/** Waits less than in the cloud: what hangs is known to. */
const PATIENCE = { attempts: 4, waitMs: 50, answerMs: 20_000 };
const TIMEOUTS = { connectionTimeout: 2_000, socketTimeout: 2_000 };

/** A client of a server at this address, as the functions have it but for the time-outs. */
export function clientAt(endpoint: string): S3Client {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const address = { endpoint, region: 'us-east-1', credentials, forcePathStyle: true };
  return new S3Client({ ...CLIENT_SETTINGS, ...address, requestHandler: TIMEOUTS });
}

/** A store as the functions have it, but less patient. */
export function storeAt(client: S3Client, bucket: string): S3Store {
  return new S3Store(client, bucket, PATIENCE);
}

/** An S3 server with as many buckets as are asked for. */
export class S3Server {
  readonly url: string;
  private readonly moto: Moto;
  private readonly direct: S3Client;
  private buckets = 0;

  private constructor(moto: Moto) {
    this.moto = moto;
    this.url = moto.url;
    this.direct = clientAt(moto.url);
  }

  static async start(): Promise<S3Server> {
    return new S3Server(await startMoto((await installTools()).python, await freePort()));
  }

  /** A store over a new bucket, reached without detour. */
  async bucket(): Promise<{ readonly name: string; readonly store: S3Store }> {
    const name = `bucket-${this.buckets++}`;
    await this.direct.send(new CreateBucketCommand({ Bucket: name }));
    return { name, store: storeAt(this.direct, name) };
  }

  async stop(): Promise<void> {
    this.direct.destroy();
    await this.moto.stop();
  }
}
