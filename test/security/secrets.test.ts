import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCliWith } from '../run-cli.ts';

/** Each is found by its own text, wherever it would turn up. */
const SECRETS = {
  AWS_SECRET_ACCESS_KEY: 'canary/secret/access/key',
  AWS_SESSION_TOKEN: 'canary/session/token==',
  GITHUB_TOKEN: 'canary-github-token',
  NPM_TOKEN: 'canary-npm-token',
};

/** What AWS signs and, where a signature is wrong, says back: the session token is in it. */
const CANONICAL = `GET\n/\n\nhost:aws\nx-amz-date:20261122T000000Z\nx-amz-security-token:${SECRETS.AWS_SESSION_TOKEN}\n\nhost`;
const MISMATCH = 'The request signature we calculated does not match the signature you provided.';

type Answer = readonly [status: number, body: string];

const json = (type: string, message: string): Answer => [400, JSON.stringify({ __type: type, message })];
const xml = (code: string, more = ''): Answer => [
  403,
  `<Error><Code>${code}</Code><Message>${MISMATCH}</Message>${more}</Error>`,
];

/** What the server answers, by the first part of the address; what a command or function then must have said. */
const ANSWERS: Readonly<Record<string, readonly [answer: Answer, said: string]>> = {
  'a permission': [json('AccessDeniedException', 'x is not authorized'), 'AccessDeniedException: x is not authorized'],
  'an ended session': [json('ExpiredTokenException', 'The token is expired'), 'The session has ended'],
  'a signature, with what was signed': [
    json('InvalidSignatureException', `${MISMATCH}\n\nThe Canonical String should have been\n'${CANONICAL}'`),
    'x-amz-security-token:…',
  ],
  'something unforeseen': [json('InternalFailure', 'no reason'), 'no reason'],
  'no answer that can be read': [[200, '<html>'], 'SyntaxError'],
};
const S3_ANSWERS: typeof ANSWERS = {
  'a permission of S3': [xml('AccessDenied'), 'Allow s3:GetObject'],
  'a signature of S3, with what was signed': [
    xml('SignatureDoesNotMatch', `<CanonicalRequest>${CANONICAL}</CanonicalRequest>`),
    'x-amz-security-token:…',
  ],
  'an error of S3': [[500, 'internal'], '"httpStatusCode":500'],
  'no XML of S3': [[200, ''], 'IntegrityError'],
};

let folder: string;
let server: Server;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ionsieve-secrets-'));
  server = createServer((request, response) => {
    const [, name] = decodeURIComponent(request.url as string).split('/');
    const [[status, body]] = { ...ANSWERS, ...S3_ANSWERS }[name];
    const type = body.startsWith('<') ? 'application/xml' : 'application/x-amz-json-1.0';
    request.resume().on('end', () => response.writeHead(status, { 'content-type': type }).end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const none = { AWS_CONFIG_FILE: join(folder, 'none'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none') };
  environment = {
    PATH: process.env.PATH,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKID',
    ...SECRETS,
    ...none,
    AWS_MAX_ATTEMPTS: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    BUCKET: 'bucket',
    STAGE: 'dev',
  };
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

function environmentOf(name: string): NodeJS.ProcessEnv {
  const { port } = server.address() as AddressInfo;
  return { ...environment, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}/${encodeURIComponent(name)}` };
}

/** Names of the secrets that a text has in it. */
const leaked = (text: string): string[] =>
  Object.entries(SECRETS).flatMap(([name, secret]) => (text.includes(secret) ? [name] : []));

describe('a command that AWS turns down prints no secret, however verbose it is', () => {
  it.concurrent.each(Object.entries(ANSWERS))('for %s', async (name, [, said]) => {
    const { code, stdout, stderr } = await runCliWith(environmentOf(name), folder, '--verbose', 'cloud', 'list');
    expect([code === 0, stdout]).toEqual([false, '']);
    expect(stderr).toContain(said);
    expect(leaked(stderr)).toEqual([]);
  });
});

describe('a function that fails logs no secret', () => {
  /** Standard output and error of a handler that is invoked as Lambda does. */
  function invoke(env: NodeJS.ProcessEnv, name: string, event: object): Promise<string> {
    const module = new URL(`../../dist/lambda/${name}.js`, import.meta.url);
    const script = `const { handler } = await import('${module}');
      const context = { awsRequestId: 'r', functionName: 'f', getRemainingTimeInMillis: () => 1000 };
      await handler(${JSON.stringify(event)}, context).then(() => console.log('done'), () => console.log('thrown'));`;
    const args = ['--input-type=module', '-e', script];
    return new Promise((resolve) => {
      execFile(process.execPath, args, { cwd: folder, env }, (_, stdout, stderr) => resolve(stdout + stderr));
    });
  }

  it.concurrent.each(Object.entries(S3_ANSWERS))('for %s', async (name, [, said]) => {
    const text = await invoke(environmentOf(name), 'reduce', { runId: '0123456789abcdef0123' });
    for (const each of ['thrown', '"level":"ERROR"', said]) expect(text).toContain(each);
    expect(leaked(text)).toEqual([]);
  });
});
