import { createHash } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '../../shared/hash.ts';
import { createRandom, type Random, randomInteger } from '../../shared/random.ts';

/** What the proxy does to a request or its answer. */
export const FAULTS = [
  'slow down', // 503 in the words of S3
  'error', // 500 in the words of S3
  'unreadable error', // 500 with a page for people
  'reset', // the connection is cut before S3 sees the request
  'lost answer', // S3 does it and the connection is cut
  'twice', // a write arrives twice
  'delay',
  'hang', // no answer ever comes
  'truncated', // the connection ends in the midst of the answer
  'cut', // the answer ends in its midst and says that it is whole
  'flipped', // a bit of an answer's body
  'flipped write', // a bit of a request's body
  'stale', // the version before the last
  'missing', // an object that is there
  'lagging list', // without the object that was written last
] as const;
export type Fault = (typeof FAULTS)[number];

interface Message {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Paths that are always disturbed, where that fault may be. */
export interface Sore {
  readonly object: RegExp;
  readonly fault: Fault;
  readonly times?: number | undefined; // only the first requests
}

/** What goes wrong follows from seed, request and how often it was made, not from the order of requests. */
export interface Disturbance {
  readonly seed: number;
  readonly share: number; // of requests that are disturbed
  readonly sore?: Sore;
}

const UNDISTURBED: Disturbance = { seed: 0, share: 0 };

/** A seeded fault injector between clients and an S3 server, on the loopback address. */
export class HostileProxy {
  readonly injected = new Map<Fault, number>();
  private readonly upstream: URL;
  private readonly plans = new Map<string, Disturbance>(); // by bucket
  private readonly times = new Map<string, number>(); // by request
  private readonly before = new Map<string, Message>(); // what an object was before the last write
  private readonly lastWritten = new Map<string, string>(); // by bucket
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch(() => response.destroy());
  });

  constructor(upstream: string) {
    this.upstream = new URL(upstream);
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** From now on disturb requests to a bucket so, or not at all. */
  disturb(bucket: string, plan?: Disturbance): void {
    if (plan === undefined) this.plans.delete(bucket);
    else this.plans.set(bucket, plan);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const { fault, random } = this.choose(request);
    if (fault !== undefined) this.injected.set(fault, (this.injected.get(fault) ?? 0) + 1);
    if (fault === 'reset') return void response.destroy();
    if (fault === 'hang') return;
    if (fault === 'delay') await sleep(20 + randomInteger(random, 200));
    const said = ANSWERS[fault as keyof typeof ANSWERS];
    if (said !== undefined) return reply(response, request, said);
    const sent = fault === 'flipped write' ? flip(body, random) : body;
    const message = await this.pass(request, sent);
    if (fault === 'twice') await this.pass(request, body);
    if (fault === 'lost answer') return void response.destroy();
    if (fault === 'truncated') {
      response.writeHead(message.status, message.headers);
      response.write(message.body.subarray(0, randomInteger(random, message.body.length)));
      return void setTimeout(() => response.destroy(), 20);
    }
    reply(response, request, this.changed(message, request, fault, random));
  }

  private choose(request: IncomingMessage): { readonly fault: Fault | undefined; readonly random: Random } {
    const path = pathOf(request);
    const { seed, share, sore } = this.plans.get(path.split('/')[1]) ?? UNDISTURBED;
    const name = `${request.method} ${request.url} ${request.headers.range ?? ''}`;
    const time = this.times.get(name) ?? 0;
    this.times.set(name, time + 1);
    const asked = name.replace(/bucket-\d+/, '');
    const random = createRandom(Number.parseInt(sha256(`${seed} ${asked} ${time}`).slice(0, 8), 16));
    const possible = FAULTS.filter((fault) => this.isPossible(fault, request));
    const isSore = sore?.object.test(path) && time < (sore.times ?? Number.POSITIVE_INFINITY);
    if (sore && isSore && possible.includes(sore.fault)) return { fault: sore.fault, random };
    return { fault: random() < share ? possible[randomInteger(random, possible.length)] : undefined, random };
  }

  private isPossible(fault: Fault, request: IncomingMessage): boolean {
    const { method } = request;
    const isListing = pathOf(request).split('/').length < 3 || pathOf(request).endsWith('/');
    switch (fault) {
      case 'truncated':
      case 'cut':
      case 'flipped':
        return method === 'GET';
      case 'twice':
      case 'flipped write':
        return method === 'PUT' && Number(request.headers['content-length']) > 0;
      case 'missing':
        return method !== 'PUT' && !isListing;
      case 'stale':
        return method === 'GET' && request.headers.range === undefined && this.before.has(pathOf(request));
      case 'lagging list':
        return isListing && method === 'GET';
      default:
        return true;
    }
  }

  private changed(message: Message, request: IncomingMessage, fault: Fault | undefined, random: Random): Message {
    const { body } = message;
    switch (fault) {
      case 'cut':
        return body.length === 0 ? message : { ...message, body: body.subarray(0, randomInteger(random, body.length)) };
      case 'flipped':
        return { ...message, body: flip(body, random) };
      case 'stale':
        return this.before.get(pathOf(request)) ?? message;
      case 'lagging list':
        return { ...message, body: this.withoutLast(body, pathOf(request)) };
      default:
        return message;
    }
  }

  /** S3 refuses what does not have the checksum that it was announced with; the server behind does not look. */
  private async pass(request: IncomingMessage, body: Buffer): Promise<Message> {
    const path = pathOf(request);
    if (request.method !== 'PUT' || path.split('/').length < 3) return this.forward(request, body);
    const announced = request.headers['x-amz-checksum-sha256'];
    if (announced !== undefined && announced !== createHash('sha256').update(body).digest('base64'))
      return s3Answer(400, 'BadDigest', 'The SHA256 you specified did not match the calculated checksum.');
    const headers = { 'x-amz-checksum-mode': 'ENABLED', authorization: request.headers.authorization };
    const old = await this.forward({ method: 'GET', url: request.url?.split('?')[0], headers }, Buffer.of());
    const answer = await this.forward(request, body);
    if (answer.status !== 200) return answer;
    if (old.status === 200 && !old.body.equals(body)) this.before.set(path, old);
    const [, bucket, ...key] = path.split('/');
    this.lastWritten.set(bucket, key.join('/'));
    return answer;
  }

  private forward(
    { method, url, headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
    body: Buffer,
  ): Promise<Message> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.upstream;
      const { connection: _, 'transfer-encoding': __, ...kept } = headers;
      const onward = send(
        { hostname, port, method, path: url, headers: { ...kept, 'content-length': body.length } },
        async (answer) => {
          const parts: Buffer[] = [];
          for await (const part of answer) parts.push(part as Buffer);
          resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: Buffer.concat(parts) });
        },
      );
      onward.on('error', reject);
      onward.end(body);
    });
  }

  /** As a listing would be that does not know of the last write yet. */
  private withoutLast(body: Buffer, path: string): Buffer {
    const last = this.lastWritten.get(path.split('/')[1]);
    const text = body.toString();
    const entries = [...text.matchAll(/<Contents>.*?<\/Contents>/gs)].map(([entry]) => entry);
    const entry = entries.find((each) => each.includes(`<Key>${last}</Key>`));
    if (entry === undefined) return body;
    const count = `<KeyCount>${entries.length}</KeyCount>`;
    return Buffer.from(text.replace(entry, '').replace(count, `<KeyCount>${entries.length - 1}</KeyCount>`));
  }
}

const ANSWERS: Readonly<Partial<Record<Fault, Message>>> = {
  'slow down': s3Answer(503, 'SlowDown', 'Please reduce your request rate.'),
  error: s3Answer(500, 'InternalError', 'We encountered an internal error. Please try again.'),
  'unreadable error': { status: 500, headers: {}, body: Buffer.from('<html><p>Something went wrong<br></html>') },
  missing: s3Answer(404, 'NoSuchKey', 'The specified key does not exist.'),
};

function s3Answer(status: number, code: string, message: string): Message {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(body) };
}

function reply(response: ServerResponse, { method }: IncomingMessage, { status, headers, body }: Message): void {
  const { 'transfer-encoding': _, connection: __, ...kept } = headers;
  if (method === 'HEAD') {
    response.writeHead(status, kept).end();
    return;
  }
  response.writeHead(status, { ...kept, 'content-length': body.length }).end(body);
}

/** `/bucket/key` without the query. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return decodeURIComponent(url.split('?')[0]);
}

function flip(body: Buffer, random: Random): Buffer {
  if (body.length === 0) return body;
  const changed = Buffer.from(body);
  changed[randomInteger(random, body.length)] ^= 1 << randomInteger(random, 8);
  return changed;
}
