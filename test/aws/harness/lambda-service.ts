import { type Death, type DeployedFunction, ExecutionEnvironment, type Outcome } from './environment.ts';

/**
 * What a test has go wrong with an invocation: the process dies in its midst, by itself, by its time-out or for want of
 * memory, or Lambda throttles it.
 */
export type Fault = Death | 'throttle';

/** One invocation, as it was answered. */
export interface InvocationRecord {
  readonly functionName: string;
  readonly event: unknown;
  readonly fault: Fault | undefined;
  readonly failed: boolean;
  readonly seconds: number; // that the function took
}

/** The Invoke API's answer: throttled, or what the function said. */
export type Answer = { readonly throttled: true } | ({ readonly throttled: false } & Outcome);

/** Invocations at once over all functions. More would only share this machine's cores; further ones wait. */
const AT_ONCE = 3;

/** Runs the deployed functions, each execution environment in a process of its own that is kept for the next invocation. */
export class LambdaService {
  readonly records: InvocationRecord[] = [];
  /** Asked before each invocation whether it is to go wrong. */
  disturb: (functionName: string, event: unknown) => Fault | undefined = () => undefined;
  /** Asked how many seconds an invocation is told to have, if not those of its time-out. */
  hurry: (functionName: string, event: unknown) => number | undefined = () => undefined;
  private readonly node: string;
  private readonly functions: ReadonlyMap<string, DeployedFunction>;
  private readonly variablesOf: (deployed: DeployedFunction) => Record<string, string>;
  private readonly idle = new Map<string, ExecutionEnvironment[]>();
  private readonly all: ExecutionEnvironment[] = [];
  private readonly queue: (() => void)[] = [];
  private busy = 0;

  /**
   * @param node the Node.js that runs the functions
   * @param functions by name
   * @param variablesOf what a function's environment has beyond what was deployed: credentials and endpoints
   */
  constructor(
    node: string,
    functions: ReadonlyMap<string, DeployedFunction>,
    variablesOf: (deployed: DeployedFunction) => Record<string, string>,
  ) {
    this.node = node;
    this.functions = functions;
    this.variablesOf = variablesOf;
  }

  /** @param name name or ARN, also with a qualifier */
  find(name: string): DeployedFunction | undefined {
    const plain = /(?:function:)?([\w-]+)(?::[$\w]+)?$/.exec(name)?.[1];
    return this.functions.get(plain ?? name);
  }

  async invoke(deployed: DeployedFunction, payload: string): Promise<Answer> {
    const event: unknown = JSON.parse(payload);
    const fault = this.disturb(deployed.name, event);
    const record = { functionName: deployed.name, event, fault };
    if (fault === 'throttle') {
      this.records.push({ ...record, failed: true, seconds: 0 });
      return { throttled: true };
    }
    await this.enter();
    const begun = performance.now();
    try {
      const outcome = await this.run(deployed, payload, this.hurry(deployed.name, event), fault);
      this.records.push({ ...record, failed: outcome.functionError, seconds: (performance.now() - begun) / 1000 });
      return { throttled: false, ...outcome };
    } finally {
      this.leave();
    }
  }

  private async run(
    deployed: DeployedFunction,
    payload: string,
    seconds: number | undefined,
    death: Death | undefined,
  ): Promise<Outcome> {
    const environment = await this.take(deployed);
    const outcome = await environment.invoke(
      payload,
      seconds,
      death && (() => setTimeout(() => environment.die(death), 5)),
    );
    if (environment.isAlive) this.idle.get(deployed.name)?.push(environment);
    return outcome;
  }

  private async take(deployed: DeployedFunction): Promise<ExecutionEnvironment> {
    const idle = this.idle.get(deployed.name) ?? [];
    this.idle.set(deployed.name, idle);
    for (let environment = idle.pop(); environment !== undefined; environment = idle.pop())
      if (environment.isAlive) return environment;
    const environment = await ExecutionEnvironment.start(this.node, deployed, this.variablesOf(deployed));
    this.all.push(environment);
    return environment;
  }

  private async enter(): Promise<void> {
    if (this.busy >= AT_ONCE) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.busy++;
  }

  private leave(): void {
    this.busy--;
    this.queue.shift()?.();
  }

  /** Invocations of a function since the start, or since the last call of `forget`. */
  invocationsOf(name: string): InvocationRecord[] {
    return this.records.filter(({ functionName }) => functionName.endsWith(name));
  }

  forget(): void {
    this.records.length = 0;
  }

  /** The most memory that any environment of each function has used, in MB. */
  peakMemory(): Record<string, number> {
    const peaks: Record<string, number> = {};
    for (const { deployed, peakMemory } of this.all)
      peaks[deployed.name] = Math.max(peaks[deployed.name] ?? 0, peakMemory);
    return peaks;
  }

  /** What a function's processes wrote. */
  logOf(name: string): string {
    return this.all.map(({ deployed, log }) => (deployed.name.endsWith(name) ? log : '')).join('');
  }

  stop(): void {
    for (const environment of this.all) environment.kill();
  }
}
