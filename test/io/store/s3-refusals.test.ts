import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLIENT_SETTINGS } from '../../../shared/aws.ts';
import { InputError } from '../../../shared/errors.ts';
import { S3Store } from '../../../shared/io/store/s3-store.ts';

/** What the server says to everything; an answer to HEAD is its status and headers alone, as S3 has it. */
interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly headers?: Readonly<Record<string, string>>;
}

let refusal: Refusal;
let requests: IncomingMessage[];
let server: Server;
let client: S3Client;
let store: S3Store;

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    requests.push(request);
    const { status, code, headers } = refusal;
    response.writeHead(status, { 'content-type': 'application/xml', ...headers });
    response.end(
      request.method === 'HEAD' ? undefined : `<Error><Code>${code}</Code><Message>It is so.</Message></Error>`,
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new S3Client({ ...CLIENT_SETTINGS, endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  store = new S3Store(client, 'bucket');
});

afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const CALLS: readonly (readonly [string, number, () => Promise<unknown>])[] = [
  ['GET', 1, () => store.get('key')],
  ['a range', 1, () => store.getRange('key', 0, 5)],
  ['PUT', 1, () => store.put('key', new Uint8Array(3))],
  ['a listing', 1, () => store.list('key')],
  ['HEAD', 2, () => store.stat('key')], // and GET, which says why
];

describe.each([
  ['s3-head', 301, 'PermanentRedirect', /another region: set AWS_REGION to it\./],
  ['s3-head', 400, 'AuthorizationHeaderMalformed', /another region: set AWS_REGION to it\./],
  ['s3-skew', 403, 'RequestTimeTooSkewed', /set the clock/],
  ['a disabled key', 400, 'KMS.DisabledException', /enable it \(`aws kms enable-key`\)/],
  ['a key that is being deleted', 400, 'KMS.KMSInvalidStateException', /cancel its deletion/],
  ['an archived object', 403, 'InvalidObjectState', /restore it first \(`aws s3api restore-object`\)/],
  ['an old session', 400, 'ExpiredToken', /Sign in to AWS again/],
  ['no permission', 403, 'AccessDenied', /Allow s3:/],
])('%s: an answer %i %s', (_, status, code, remedy) => {
  it.each(CALLS)('to %s says what to do, and is not taken to pass', async (_, expected, call) => {
    refusal = { status, code };
    const error: unknown = await call().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toMatch(
      new RegExp(`^s3://bucket/key: cannot be accessed \\(${code.replace('.', '\\.')}: It is so\\.\\)\\. `),
    );
    expect((error as InputError).remedy).toMatch(remedy);
    expect((error as InputError).remedy).not.toMatch(/later/);
    expect(requests).toHaveLength(expected);
  });
});

describe('the region of a bucket', () => {
  it('is named where S3 tells it', async () => {
    refusal = { status: 301, code: 'PermanentRedirect', headers: { 'x-amz-bucket-region': 'eu-west-1' } };
    await expect(store.stat('key')).rejects.toThrow('another region: set AWS_REGION to eu-west-1.');
  });

  it('is wrong also where nothing but the status says so', async () => {
    server.removeAllListeners('request').on('request', (_, response) => response.writeHead(301).end());
    await expect(store.stat('key')).rejects.toThrow('another region: set AWS_REGION to it.');
    await expect(store.get('key')).rejects.toThrow('another region: set AWS_REGION to it.');
  });
});
