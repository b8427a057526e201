import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sealJson } from '../../../shared/io/store/sealed-json.ts';
import { type Ended, runCliWith } from '../../run-cli.ts';

const STATES = 'arn:aws:states:eu-central-1:111122223333';
const MACHINE = `${STATES}:stateMachine:ionsieve-dev-screening`;

type Answer = readonly [status: number, body: object | string];

let root: string;
let server: Server;
let answers: Readonly<Record<string, Answer | ((input: Record<string, unknown>) => Answer)>>;
let calls: string[];

/** Answers as AWS documents them, by operation, or by name of the object for S3, which has no others. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-calls-'));
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const target = request.headers['x-amz-target'];
      const object = `S3 ${request.method === 'PUT' ? 'put' : basename(new URL(request.url ?? '', 'http://s3').pathname)}`;
      const operation = typeof target === 'string' ? target.slice(target.indexOf('.') + 1) : object;
      calls.push(operation);
      const answer = answers[operation] ?? [404, '<Error><Code>NoSuchKey</Code><Message>no key</Message></Error>'];
      const input = operation === object ? {} : JSON.parse(Buffer.concat(parts).toString());
      const [status, body] = typeof answer === 'function' ? answer(input) : answer;
      const isText = typeof body === 'string';
      const type = isText ? 'application/xml' : 'application/x-amz-json-1.0';
      response.writeHead(status, { 'content-type': type, etag: '"version"' });
      response.end(isText ? body : JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
beforeEach(() => {
  calls = [];
});
afterAll(async () => {
  server.close();
  await rm(root, { recursive: true });
});

const KEYS = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' };

/** `ionsieve cloud …` of the region eu-central-1, with nothing else of the environment. */
function run(args: readonly string[], env: Record<string, string> = KEYS): Promise<Ended> {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const none = { AWS_CONFIG_FILE: join(root, 'none'), AWS_SHARED_CREDENTIALS_FILE: join(root, 'none') };
  const settings = { AWS_ENDPOINT_URL: endpoint, AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'eu-central-1' };
  return runCliWith({ PATH: process.env.PATH, ...none, ...settings, ...env }, root, 'cloud', ...args);
}

const failure = (type: string, message: string): Answer => [400, { __type: type, message }];

const DEPLOYED = {
  ListStateMachines: [200, { stateMachines: [{ name: 'ionsieve-dev-screening', stateMachineArn: MACHINE }] }],
} as const;

describe('an error names what is missing and what to do', () => {
  async function told(env?: Record<string, string>): Promise<string> {
    const { code, stdout, stderr } = await run(['list'], env);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).not.toContain('    at ');
    return stderr;
  }

  it.each([
    [
      'AccessDeniedException',
      'User: x is not authorized to perform: states:ListStateMachines',
      'lacks states:ListStateMachines',
    ],
    [
      'ExpiredTokenException',
      'The security token included in the request is expired',
      'The session has ended. Sign in',
    ],
    [
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
      'does not know these credentials',
    ],
    ['InvalidSignatureException', 'Signature expired: 20260101T000000Z', 'the clock of this machine'],
  ])('%s', async (type, message, remedy) => {
    answers = { ListStateMachines: failure(type, message) };
    expect(await told()).toContain(remedy);
  });

  it('no credentials', async () => {
    answers = {};
    expect(await told({})).toContain('There are no credentials');
  });

  it('no region', async () => {
    answers = {};
    expect(await told({ ...KEYS, AWS_REGION: '' })).toContain('Give --region, such as eu-central-1');
  });

  it('nobody answers', async () => {
    expect(await told({ ...KEYS, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' })).toContain('AWS cannot be reached');
  });

  it('no stage at all, or another one', async () => {
    answers = { ListStateMachines: [200, { stateMachines: [] }] };
    expect(await told()).toContain('stage dev is not deployed in region eu-central-1 of this account; no stage is');
    const { stderr } = await run(['watch', '--stage', 'prod'], KEYS);
    expect(stderr).toContain('npx cdk deploy --all -c stage=prod');
  });

  it('a missing permission of one call', async () => {
    answers = { ...DEPLOYED, ListExecutions: failure('AccessDeniedException', 'not authorized') };
    expect(await told()).toContain('lacks states:ListExecutions');
  });

  it('a bucket that may not be read', async () => {
    answers = {
      ...DEPLOYED,
      'S3 receipt.json': [403, '<Error><Code>AccessDenied</Code><Message>no</Message></Error>'],
    };
    const { code, stderr } = await run(['results', '0123456789abcdef0123']);
    expect(code).toBe(2);
    expect(stderr).toContain('s3://ionsieve-dev-111122223333-eu-central-1/runs/0123456789abcdef0123/receipt.json');
    expect(stderr).toContain('Allow s3:GetObject');
  });
});

describe('a run of which chunks failed', () => {
  const EXECUTION = `${STATES}:execution:ionsieve-dev-screening:one`;
  const CHILD = `${STATES}:execution:ionsieve-dev-screening/ScreenChunks:child`;
  const plan = { runId: '0123456789abcdef0123', chunks: 20, compositions: 1e9, costEstimate: 0.5 };
  const cause = JSON.stringify({
    errorType: 'IntegrityError',
    errorMessage: 'student.onnx: it is damaged. Restore it.',
  });
  const failed = {
    ...DEPLOYED,
    ListExecutions: ({ mapRunArn }: Record<string, unknown>): Answer => [
      200,
      { executions: [{ executionArn: mapRunArn === undefined ? EXECUTION : CHILD }] },
    ],
    DescribeExecution: ({ executionArn }: Record<string, unknown>): Answer =>
      executionArn === CHILD
        ? [200, { status: 'FAILED', input: '{"chunk":3}', error: 'IntegrityError', cause }]
        : [
            200,
            {
              name: 'one',
              status: 'FAILED',
              input: '{}',
              error: 'States.ExceedToleratedFailureThreshold',
              redriveStatus: 'REDRIVABLE',
            },
          ],
    GetExecutionHistory: [
      200,
      { events: [{ stateExitedEventDetails: { name: 'Plan', output: JSON.stringify({ plan }) } }] },
    ] as Answer,
    ListMapRuns: [200, { mapRuns: [{ mapRunArn: `${STATES}:mapRun:one` }] }] as Answer,
    DescribeMapRun: [200, { itemCounts: { total: 20, succeeded: 18, failed: 1, timedOut: 1 } }] as Answer,
  };

  it('is told with the chunks, their errors and what was spent', async () => {
    answers = failed;
    const { code, stdout } = await run(['watch', plan.runId]);
    expect(code).toBe(1);
    expect(stdout).toBe(
      [
        `run ${plan.runId} failed: States.ExceedToleratedFailureThreshold`,
        'chunk 3: IntegrityError: student.onnx: it is damaged. Restore it.',
        'about 0.500 US dollars spent',
        'the same `cloud start` again goes on where it was\n',
      ].join('\n'),
    );
  });

  it('goes on at what failed when it is started again', async () => {
    const student = 'a'.repeat(64);
    const pointer = {
      student: `models/students/${student}/student.onnx`,
      hash: student,
      teacherHash: student,
      labelsHash: student,
      averagePrecision: 0.7,
      previous: null,
    };
    const none = '<ListBucketResult><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>';
    const bucket = { 'S3 ionsieve-dev-111122223333-eu-central-1': [200, none] } as const;
    const objects = {
      ...bucket,
      'S3 current.json': [200, Buffer.from(sealJson(pointer)).toString()],
      'S3 put': [200, ''],
    } as const;
    answers = { ...failed, ...objects, RedriveExecution: [200, { redriveDate: 1 }] };
    const { stdout, stderr } = await run(['start', '--space', 'small', '--json']);
    expect(JSON.parse(stdout), stderr).toMatchObject({ outcome: 'redriven', chunks: 1, student });
    expect(calls).toContain('RedriveExecution');
    expect(calls).not.toContain('StartExecution');
    const pruned = await run(['start', '--space', 'small', '--prune']);
    expect(pruned.stdout).toMatch(/4,500 compositions, about [\d.]+ US dollars if nothing were bounded away/);
  });
});
