import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Outcome } from './environment.ts';
import type { LambdaService } from './lambda-service.ts';
import { isAllowed, type Request, type Statement } from './permissions.ts';
import { type BucketKeys, callerOf, requestsOf } from './requests.ts';

/** Something that a caller asked for. */
export interface Call extends Request {
  readonly caller: string; // access key
  readonly allowed: boolean;
}

/** A function of the harness itself. */
export type Helper = (event: string) => Promise<Outcome>;

/** What the gateway knows of the account once it is deployed. */
export interface Account {
  readonly lambda: LambdaService;
  /** By name. */
  readonly helpers: ReadonlyMap<string, Helper>;
  /** Statements by access key. Callers that are not in it are operators, who may do everything. */
  readonly statements: ReadonlyMap<string, readonly Statement[]>;
  readonly keys: BucketKeys;
}

/** Answers for Lambda, checks what callers may do, and passes everything else on to moto. */
export class Gateway {
  readonly calls: Call[] = [];
  readonly published: string[] = []; // messages of topics
  private account: Account | undefined;
  private readonly server: Server;
  private upstream = '';

  constructor() {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: Error) => response.writeHead(502).end(error.message));
    });
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
  }

  passTo(url: string): void {
    this.upstream = url;
  }

  serve(account: Account): void {
    this.account = account;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const name = invokedFunction(request);
    const helper = this.account?.helpers.get(name?.split(':').at(-1) ?? '');
    if (helper !== undefined) return sendOutcome(response, await helper(body.toString()));
    const refused = this.check(request, body);
    if (refused !== undefined) return denyAccess(refused, request, response);
    if (name !== undefined) return this.invoke(name, body, response);
    if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) this.keepMessage(body);
    await pass(`${this.upstream}${request.url}`, request, body, response);
  }

  private keepMessage(body: Buffer): void {
    const fields = new URLSearchParams(body.toString());
    if (fields.get('Action') === 'Publish') this.published.push(fields.get('Message') ?? '');
  }

  /** The first request that the caller's role does not allow. */
  private check(message: IncomingMessage, body: Buffer): Request | undefined {
    const caller = callerOf(message);
    const statements = caller === undefined ? undefined : this.account?.statements.get(caller);
    if (caller === undefined || statements === undefined || this.account === undefined) return undefined;
    const name = invokedFunction(message);
    const requests = name === undefined ? requestsOf(message, body, this.account.keys) : this.invokeRequests(name);
    const calls = requests.map((request) => ({ ...request, caller, allowed: isAllowed(statements, request) }));
    this.calls.push(...calls);
    return calls.find(({ allowed }) => !allowed);
  }

  private invokeRequests(name: string): Request[] {
    const resource = this.account?.lambda.find(name)?.arn ?? name;
    return [{ action: 'lambda:InvokeFunction', resource, context: {} }];
  }

  private async invoke(name: string, body: Buffer, response: ServerResponse): Promise<void> {
    const deployed = this.account?.lambda.find(name);
    if (this.account === undefined || deployed === undefined)
      return sendError(response, 404, 'ResourceNotFoundException', `Function not found: ${name}`);
    const answer = await this.account.lambda.invoke(deployed, body.toString() || '{}');
    if (answer.throttled) return sendError(response, 429, 'TooManyRequestsException', 'Rate Exceeded.');
    sendOutcome(response, answer);
  }
}

/** Name or ARN of the function that a call of the Invoke API names. */
function invokedFunction({ url = '' }: IncomingMessage): string | undefined {
  const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(url) ?? [];
  return name === undefined ? undefined : decodeURIComponent(name);
}

function sendOutcome(response: ServerResponse, { functionError, payload }: Outcome): void {
  const headers = functionError ? { 'x-amz-function-error': 'Unhandled' } : {};
  response.writeHead(200, { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST', ...headers });
  response.end(payload);
}

function sendError(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
  response.end(JSON.stringify({ Type: 'User', Message: message }));
}

/** In the words of the service: S3 says it in XML, the others in JSON. */
function denyAccess({ action, resource }: Request, { headers }: IncomingMessage, response: ServerResponse): void {
  const message = `no identity-based policy allows the ${action} action on ${resource}`;
  if (headers['x-amz-target'] !== undefined) {
    sendError(response, 403, 'AccessDeniedException', message);
  } else {
    response.writeHead(403, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`);
  }
}

function pass(
  url: string,
  { method, headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const { 'transfer-encoding': _, ...kept } = headers;
    const onward = forward(url, { method, headers: { ...kept, 'content-length': body.length } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('end', resolve);
    });
    onward.on('error', reject);
    onward.end(body);
  });
}
