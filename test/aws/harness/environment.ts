import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A function as it was deployed. */
export interface DeployedFunction {
  readonly name: string;
  readonly arn: string;
  readonly handler: string;
  readonly memory: number; // MB
  readonly timeout: number; // s
  readonly variables: Readonly<Record<string, string>>;
  readonly roleName: string;
  readonly code: string; // folder that stands for /var/task
  readonly layers: readonly string[]; // folders that stand for /opt
}

/** What an invocation came to, as the Invoke API has it. */
export interface Outcome {
  readonly functionError: boolean;
  readonly payload: string; // JSON
}

/** How a process may end in the midst of an invocation. */
export type Death = 'crash' | 'timeout' | 'memory';

interface Invocation {
  readonly id: string;
  readonly payload: string;
  readonly told: number; // when its time is up as the function is told, ms since the epoch
  readonly deadline: number; // when it is up
  readonly settle: (outcome: Outcome) => void;
}

const LOOP = fileURLToPath(new URL('runtime-loop.ts', import.meta.url));
const MEMORY_POLL = 50; // ms
const HEAP_SHARE = 0.9; // of the memory that V8 may use: what Lambda's runtime sets

/** One execution environment: a process and the runtime API that it speaks to. It does one invocation at a time. */
export class ExecutionEnvironment {
  readonly deployed: DeployedFunction;
  peakMemory = 0; // MB
  log = '';
  private readonly process: ChildProcess;
  private readonly api: Server;
  private running: Invocation | undefined;
  private waiting: ServerResponse | undefined; // a process that asked for work
  private readonly watch: NodeJS.Timeout;

  private constructor(deployed: DeployedFunction, api: Server, child: ChildProcess) {
    this.deployed = deployed;
    this.api = api;
    this.process = child;
    api.on('request', (request, response) => this.answer(request, response));
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => this.keepLog(String(text)));
    child.on('exit', (code, signal) => this.ended(code, signal));
    this.watch = setInterval(() => this.checkLimits(), MEMORY_POLL);
  }

  static async start(node: string, deployed: DeployedFunction, variables: Record<string, string>) {
    const api = createServer();
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    const { port } = api.address() as AddressInfo;
    const heap = `--max-old-space-size=${Math.floor(deployed.memory * HEAP_SHARE)}`;
    const child = spawn(node, [heap, LOOP], {
      cwd: deployed.code,
      env: { ...lambdaVariables(deployed), ...variables, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ExecutionEnvironment(deployed, api, child);
  }

  get isAlive(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null && !this.process.killed;
  }

  /**
   * @param seconds that the function is told to have; it is stopped by its own time-out
   * @param onBegun called when the process has taken the invocation
   */
  invoke(payload: string, seconds = this.deployed.timeout, onBegun?: () => void): Promise<Outcome> {
    return new Promise((settle) => {
      const [told, deadline] = [seconds, this.deployed.timeout].map((each) => Date.now() + each * 1000);
      this.running = { id: randomUUID(), payload, told, deadline, settle };
      this.onBegun = onBegun;
      this.handOver();
    });
  }

  private onBegun: (() => void) | undefined;

  kill(): void {
    if (this.isAlive) this.process.kill('SIGKILL');
  }

  /** Let the running invocation end so, as if it had come to it. */
  die(death: Death): void {
    if (death === 'timeout') this.timeOut();
    else if (death === 'memory') this.runOut(this.deployed.memory + 1);
    this.kill();
  }

  private timeOut(): void {
    this.fail('Sandbox.Timedout', `Task timed out after ${this.deployed.timeout} seconds`);
  }

  private runOut(used: number): void {
    this.fail('Runtime.OutOfMemory', `Runtime exited: ${used} MB used of ${this.deployed.memory} MB`);
  }

  private settle(outcome: Outcome): void {
    this.running?.settle(outcome);
    this.running = undefined;
  }

  private fail(errorType: string, problem: string): void {
    const errorMessage = `RequestId: ${this.running?.id} Error: ${problem}`;
    this.settle({ functionError: true, payload: JSON.stringify({ errorType, errorMessage }) });
  }

  private handOver(): void {
    if (this.waiting === undefined || this.running === undefined) return;
    const { id, payload, told } = this.running;
    this.waiting.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': id,
      'lambda-runtime-deadline-ms': String(told),
      'lambda-runtime-invoked-function-arn': this.deployed.arn,
      'lambda-runtime-trace-id': `Root=1-5759e988-${id.replaceAll('-', '').slice(0, 24)};Parent=53995c3f42cd8ad8;Sampled=1`,
    });
    this.waiting.end(payload);
    this.waiting = undefined;
    this.onBegun?.();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (path.endsWith('/invocation/next')) {
      this.waiting = response;
      this.handOver();
      return;
    }
    let body = '';
    for await (const part of request) body += part;
    response.writeHead(202).end();
    if (path.endsWith('/response') || path.endsWith('/error'))
      this.settle({ functionError: path.endsWith('/error'), payload: body });
  }

  private checkLimits(): void {
    if (!this.isAlive) return;
    this.peakMemory = Math.max(this.peakMemory, peakMemoryOf(this.process.pid));
    if (this.peakMemory > this.deployed.memory) {
      this.runOut(this.peakMemory);
      this.kill();
    } else if (this.running !== undefined && Date.now() > this.running.deadline) {
      this.timeOut();
      this.kill();
    }
  }

  private ended(code: number | null, signal: string | null): void {
    clearInterval(this.watch);
    this.api.close();
    this.api.closeAllConnections();
    this.fail('Runtime.ExitError', `Runtime exited with error: ${signal ? 'signal: killed' : `exit status ${code}`}`);
  }

  private keepLog(text: string): void {
    this.log = (this.log + text).slice(-100_000);
  }
}

/** Variables that Lambda itself sets. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function lambdaVariables(deployed: DeployedFunction): Record<string, string> {
  const layers = deployed.layers.map((folder) => join(folder, 'nodejs', 'node_modules'));
  return {
    ...deployed.variables,
    _HANDLER: deployed.handler,
    LAMBDA_TASK_ROOT: deployed.code,
    LAMBDA_RUNTIME_DIR: deployed.code,
    NODE_PATH: layers.join(':'),
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: deployed.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(deployed.memory),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${deployed.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
  };
}

/** The most memory that a process has had, in MB (10^6 bytes would be less strict than Lambda's MiB). */
function peakMemoryOf(pid: number | undefined): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.ceil(Number(kilobytes ?? 0) / 1024);
  } catch {
    return 0; // it has just ended
  }
}
