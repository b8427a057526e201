import type { IncomingMessage } from 'node:http';
import type { Request } from './permissions.ts';

/** Encryption keys of the buckets that have one, by bucket. */
export type BucketKeys = ReadonlyMap<string, string>;

/** What is needed to answer a call: the actions, each on its resource. Empty if the service is not checked. */
export function requestsOf(message: IncomingMessage, body: Buffer, keys: BucketKeys): Request[] {
  const [, service] = /Credential=[^/]+\/\d+\/[^/]+\/(\w+)\//.exec(message.headers.authorization ?? '') ?? [];
  if (service === 's3') return s3Requests(message, keys);
  const target = message.headers['x-amz-target'];
  if (service === 'states' && typeof target === 'string') return statesRequests(target, body);
  if (service === 'sns') return snsRequests(body);
  return [];
}

/** The caller's access key. */
export function callerOf(message: IncomingMessage): string | undefined {
  return /Credential=([^/]+)\//.exec(message.headers.authorization ?? '')?.[1];
}

function s3Requests({ method = 'GET', url = '/' }: IncomingMessage, keys: BucketKeys): Request[] {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const [, bucket, ...rest] = decodeURIComponent(pathname).split('/');
  const key = rest.join('/');
  const arn = `arn:aws:s3:::${bucket}`;
  if (key === '') {
    const prefix = searchParams.get('prefix') ?? '';
    const action = method === 'GET' && !searchParams.has('location') ? 's3:ListBucket' : `s3:${method}Bucket`;
    return [{ action, resource: arn, context: { 's3:prefix': prefix } }];
  }
  const reads = method === 'GET' || method === 'HEAD';
  const action = reads ? readAction(searchParams) : writeAction(method, searchParams);
  const requests: Request[] = [{ action, resource: `${arn}/${key}`, context: {} }];
  const encryption = keys.get(bucket);
  if (encryption === undefined || method === 'DELETE') return requests;
  const context = { 'kms:ViaService': 's3.us-east-1.amazonaws.com', 'kms:EncryptionContext:aws:s3:arn': arn };
  return [...requests, { action: reads ? 'kms:Decrypt' : 'kms:GenerateDataKey', resource: encryption, context }];
}

function readAction(query: URLSearchParams): string {
  return query.has('versionId') ? 's3:GetObjectVersion' : 's3:GetObject';
}

function writeAction(method: string, query: URLSearchParams): string {
  if (method !== 'DELETE') return 's3:PutObject';
  return query.has('uploadId') ? 's3:AbortMultipartUpload' : 's3:DeleteObject';
}

function statesRequests(target: string, body: Buffer): Request[] {
  const { stateMachineArn, executionArn, mapRunArn } = JSON.parse(body.toString()) as Record<
    string,
    string | undefined
  >;
  const resource = stateMachineArn ?? executionArn ?? mapRunArn ?? '*';
  return [{ action: `states:${target.slice(target.indexOf('.') + 1)}`, resource, context: {} }];
}

function snsRequests(body: Buffer): Request[] {
  const fields = new URLSearchParams(body.toString());
  return [{ action: `sns:${fields.get('Action')}`, resource: fields.get('TopicArn') ?? '*', context: {} }];
}
