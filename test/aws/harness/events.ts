import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { LambdaService } from './lambda-service.ts';
import { ACCOUNT, type Services } from './services.ts';

interface Target {
  readonly Id: string;
  readonly Arn: string;
  readonly Input?: string;
}

const POLL = 200; // ms

/**
 * Carries events to functions and state machines. Moto raises the events of S3 and matches them with the rules' patterns,
 * but cannot call a function; so every rule's target is replaced by a queue, from which this takes the events to the target that it had.
 */
export class EventCourier {
  /** Events that were delivered, with the rule that matched. */
  readonly delivered: { readonly rule: string; readonly event: unknown; readonly answer: string }[] = [];
  /** How often each event is delivered. EventBridge promises once at least. */
  copies = 1;
  private readonly services: Services;
  private readonly lambda: LambdaService;
  private readonly states: SFNClient;
  private readonly targets = new Map<string, { readonly queue: string; readonly targets: readonly Target[] }>();
  private polling: Promise<void> | undefined;
  private stopped = false;

  constructor(services: Services, lambda: LambdaService, states: SFNClient) {
    this.services = services;
    this.lambda = lambda;
    this.states = states;
  }

  /** Put a queue behind every rule, and begin to deliver. */
  async start(): Promise<void> {
    const { Rules } = (await this.events('ListRules', {})) as { Rules: { Name: string }[] };
    for (const { Name } of Rules) {
      const { Targets } = (await this.events('ListTargetsByRule', { Rule: Name })) as { Targets: Target[] };
      if (Targets.length > 0) await this.events('RemoveTargets', { Rule: Name, Ids: Targets.map(({ Id }) => Id) });
      const QueueName = `events-${this.targets.size}`;
      const { QueueUrl } = (await this.sqs('CreateQueue', { QueueName })) as { QueueUrl: string };
      const Arn = `arn:aws:sqs:us-east-1:${ACCOUNT}:${QueueName}`;
      await this.events('PutTargets', { Rule: Name, Targets: [{ Id: 'courier', Arn }] });
      this.targets.set(Name, { queue: QueueUrl, targets: Targets });
    }
    this.polling = this.poll();
  }

  /** Raise the event of an execution that ended, which moto does not. */
  async raiseEnd(executionArn: string): Promise<void> {
    const { $metadata: _, ...detail } = await this.states.send(new DescribeExecutionCommand({ executionArn }));
    const entry = { Source: 'aws.states', DetailType: 'Step Functions Execution Status Change' };
    await this.events('PutEvents', { Entries: [{ ...entry, Detail: JSON.stringify(detail) }] });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.polling;
  }

  private async poll(): Promise<void> {
    while (!this.stopped) {
      for (const [rule, { queue, targets }] of this.targets) await this.deliver(rule, queue, targets);
      await sleep(POLL);
    }
  }

  private async deliver(rule: string, QueueUrl: string, targets: readonly Target[]): Promise<void> {
    const received = await this.sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
    const messages = (received.Messages ?? []) as { Body: string; ReceiptHandle: string }[];
    for (const { Body, ReceiptHandle } of messages) {
      await this.sqs('DeleteMessage', { QueueUrl, ReceiptHandle });
      const calls = targets.flatMap((target) => Array.from({ length: this.copies }, () => this.call(target, Body)));
      for (const answer of await Promise.all(calls)) this.delivered.push({ rule, event: JSON.parse(Body), answer });
    }
  }

  private async call({ Arn, Input }: Target, body: string): Promise<string> {
    if (Arn.includes(':stateMachine:')) {
      const start = new StartExecutionCommand({ stateMachineArn: Arn, input: Input ?? body });
      return (await this.states.send(start)).executionArn ?? '';
    }
    const deployed = this.lambda.find(Arn);
    if (deployed === undefined) return `neither a function nor a state machine: ${Arn}`;
    const answer = await this.lambda.invoke(deployed, Input ?? body);
    return answer.throttled ? 'throttled' : answer.payload;
  }

  private events(action: string, fields: object): Promise<Record<string, unknown>> {
    return this.services.json('events', `AWSEvents.${action}`, fields);
  }

  private sqs(action: string, fields: object): Promise<Record<string, unknown>> {
    return this.services.json('sqs', `AmazonSQS.${action}`, fields);
  }
}
