import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildBundles } from '../../cdk/artifacts/bundles.ts';
import { FUNCTION_NAMES } from '../../cdk/functions/storage-access.ts';
import { flat, ofType, ROOT, scratch, synthesize } from './synthesize.ts';

const { dev, prod, other } = synthesize({
  dev: {},
  prod: { schedule: 'rate(7 days)', notificationEmails: ['a@b.org', 'c@d.org'], retentionDays: { logs: 30 } },
  other: {
    architecture: 'x64',
    memoryMB: { screen: 3008 },
    timeoutMinutes: { train: 10 },
    distillation: { folds: 3, training: { steps: 100 } },
  },
});

/** ARN of the queue for what could not be delivered. */
const DEAD_LETTERS = '<DeadLettersBBF8BAAB.Arn>';

describe('triggers', () => {
  const rules = ofType(prod.screener, 'AWS::Events::Rule').map(([, rule]) => rule);
  const rule = (name: string) => rules.find(({ Name }) => Name === `ionsieve-prod-${name}`)!;

  it.each([
    ['teacher-changed', 'teacher/teacher.json'],
    ['dataset-ready', { wildcard: 'datasets/*/READY' }],
  ])('%s: begin when the bucket gets %j', (name, key) => {
    const { source, 'detail-type': type, detail } = rule(name).EventPattern as Record<string, unknown>;
    const { bucket, object } = detail as { bucket: { name: unknown[] }; object: { key: unknown[] } };
    expect([source, type]).toEqual([['aws.s3'], ['Object Created']]);
    expect(bucket.name.map(flat)).toEqual(['ionsieve-prod-<AWS::AccountId>-<AWS::Region>']);
    expect(object.key).toEqual([key]);
  });

  it('tell of both workflows when an execution fails, times out or is stopped', () => {
    const { detail } = rule('execution-failed').EventPattern as { detail: Record<string, unknown[]> };
    expect(detail.status).toEqual(['FAILED', 'TIMED_OUT', 'ABORTED']);
    expect(detail.stateMachineArn).toHaveLength(2);
  });

  it('tell of a failure whose report failed', () => {
    const [[report]] = ofType(prod.screener, 'AWS::StepFunctions::StateMachine').filter(
      ([, { StateMachineName }]) => StateMachineName === 'ionsieve-prod-failure-report',
    );
    const arnOf = (name: string) => (rule(name).Targets as { Arn: unknown }[]).map(({ Arn }) => flat(Arn));
    expect(arnOf('execution-failed')).toEqual([`<${report}>`]);
    const { detail } = rule('failure-report-failed').EventPattern as { detail: { stateMachineArn: unknown[] } };
    expect(detail.stateMachineArn.map(flat)).toEqual([`<${report}>`]);
    expect(arnOf('failure-report-failed')).toEqual([expect.stringMatching(/^<NotificationsTopic/)]);
  });

  it('keep what cannot be delivered, for two weeks', () => {
    const targets = rules.flatMap(({ Targets }) => Targets as { DeadLetterConfig: { Arn: unknown } }[]);
    const [[, schedule]] = ofType(prod.screener, 'AWS::Scheduler::Schedule');
    const all = [...targets, schedule.Target as (typeof targets)[0]];
    expect(all.map(({ DeadLetterConfig }) => flat(DeadLetterConfig.Arn))).toEqual(Array(5).fill(DEAD_LETTERS));
    const [, trigger] = ofType(prod.screener, 'AWS::Lambda::Function').find(([id]) => id.includes('Trigger'))!;
    expect(flat((trigger.DeadLetterConfig as Record<string, unknown>).TargetArn)).toBe(DEAD_LETTERS);
    expect(prod.screener.DeadLettersBBF8BAAB.Properties.MessageRetentionPeriod).toBe(14 * 86_400);
  });
});

describe('schedule', () => {
  it('is off by default', () => {
    expect(ofType(dev.screener, 'AWS::Scheduler::Schedule')).toEqual([]);
  });

  it('has the default space screened again', () => {
    const [[, schedule]] = ofType(prod.screener, 'AWS::Scheduler::Schedule');
    expect(schedule.ScheduleExpression).toBe('rate(7 days)');
    expect(JSON.parse((schedule.Target as { Input: string }).Input)).toEqual({
      source: 'ionsieve.schedule',
      space: 'spaces/ionic-quinary.json',
      time: '<aws.scheduler.scheduled-time>',
    });
  });
});

describe('notifications', () => {
  it('go to every address', () => {
    const subscriptions = ofType(prod.screener, 'AWS::SNS::Subscription').map(([, { Protocol, Endpoint }]) => [
      Protocol,
      Endpoint,
    ]);
    expect(subscriptions).toEqual([
      ['email', 'a@b.org'],
      ['email', 'c@d.org'],
    ]);
  });

  it('may be published by the rule and by alarms of the account, and never without TLS', () => {
    const [[, { PolicyDocument }]] = ofType(prod.screener, 'AWS::SNS::TopicPolicy');
    const { Statement } = PolicyDocument as {
      Statement: { Effect: string; Principal: unknown; Condition?: unknown }[];
    };
    const from = (source: string) => [
      { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
      `arn:<AWS::Partition>:${source}ionsieve-prod-*`,
    ];
    const [tls, ...allowed] = Statement;
    expect([tls.Effect, tls.Principal, tls.Condition]).toEqual([
      ...['Deny', '*', { Bool: { 'aws:SecureTransport': 'false' } }],
    ]);
    expect(
      allowed.map(({ Principal, Condition }) => {
        const { StringEquals, ArnLike } = Condition as Record<string, Record<string, unknown>>;
        return [Principal, StringEquals, flat(ArnLike['aws:SourceArn'])];
      }),
    ).toEqual([
      [{ Service: 'cloudwatch.amazonaws.com' }, ...from('cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:')],
      [{ Service: 'events.amazonaws.com' }, ...from('events:<AWS::Region>:<AWS::AccountId>:rule/')],
    ]);
  });

  it('logs and undelivered events are encrypted with a key that services may use for this stage alone', () => {
    const [[id, { KeyPolicy }], ...others] = ofType(prod.screener, 'AWS::KMS::Key');
    expect(others).toEqual([]);
    const [[, topic]] = ofType(prod.screener, 'AWS::SNS::Topic');
    const [[, queue]] = ofType(prod.screener, 'AWS::SQS::Queue');
    const logs = ofType(prod.screener, 'AWS::Logs::LogGroup').map(([, { KmsKeyId }]) => KmsKeyId);
    expect(logs.length).toBeGreaterThan(11);
    for (const key of [topic.KmsMasterKeyId, queue.KmsMasterKeyId, ...logs]) expect(flat(key)).toBe(`<${id}.Arn>`);
    const [owner, ...services] = (KeyPolicy as { Statement: { Principal: object; Condition?: object }[] }).Statement;
    expect(JSON.stringify(owner.Principal)).toContain(':root');
    expect(
      services.map(({ Principal, Condition = {} }) => [
        flat(Object.values(Principal)[0]),
        ...Object.values(Condition).flatMap((condition) => Object.keys(condition)),
      ]),
    ).toEqual([
      ['cloudwatch.amazonaws.com', 'aws:SourceAccount', 'aws:SourceArn'],
      ['events.amazonaws.com', 'aws:SourceAccount', 'aws:SourceArn'],
      ['events.amazonaws.com', 'kms:EncryptionContext:aws:sns:topicArn'],
      ['logs.<AWS::Region>.amazonaws.com', 'kms:EncryptionContext:aws:logs:arn'],
    ]);
    expect(JSON.stringify(services).match(/ionsieve-prod-[\w*]*/g)).toHaveLength(5);
  });
});

describe('alarms', () => {
  const alarms = ofType(dev.screener, 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm);
  const runbook = readFileSync(join(ROOT, 'docs', 'how-to', 'runbook.md'), 'utf8');
  const headings = [...runbook.matchAll(/^## ([a-z-]+)$/gm)].map(([, heading]) => heading);

  it('each have a section of the runbook, and no section is without an alarm', () => {
    const links = alarms.map(
      ({ AlarmDescription }) => /docs\/how-to\/runbook\.md#([a-z-]+)$/.exec(String(AlarmDescription))?.[1],
    );
    expect(links.sort()).toEqual(headings.sort());
  });

  it('tell the subscribers, but of a failed execution, of which a rule tells with its cause', () => {
    const quiet = alarms.filter(({ AlarmActions }) => AlarmActions === undefined);
    expect(quiet.map(({ AlarmName }) => AlarmName)).toEqual(['ionsieve-dev-execution-failed']);
  });

  it('ring at 80 % of the time-out of a chunk', () => {
    const slow = alarms.find(({ AlarmName }) => AlarmName === 'ionsieve-dev-chunks-slow')!;
    expect(slow).toMatchObject({ Statistic: 'Maximum', MetricName: 'Duration', Threshold: 0.8 * 5 * 60_000 });
  });

  it('the guide tells what the alarms of a stage cost: a metric each, or as many as they compute with', () => {
    const counts = alarms.map(
      ({ Metrics = [{ MetricStat: 'its own' }] }) =>
        (Metrics as object[]).filter((metric) => 'MetricStat' in metric).length,
    );
    const metrics = counts.reduce((sum, count) => sum + count, 0);
    const guide = readFileSync(join(ROOT, 'docs', 'how-to', 'deployment.md'), 'utf8');
    expect(guide).toContain(`alarms on ${metrics} metrics`);
  });
});

describe('dashboard', () => {
  const [[, { DashboardBody }]] = ofType(dev.screener, 'AWS::CloudWatch::Dashboard');
  const { widgets } = JSON.parse(flat(DashboardBody)) as { widgets: { properties: { title: string } }[] };

  it('shows speed, progress, cost and what goes wrong', () => {
    expect(widgets.map(({ properties }) => properties.title)).toEqual([
      ...['Alarms', 'In the time shown', 'Compositions per second', 'Chunks done', 'Cost, about (US dollars)'],
      ...['Time of a chunk (ms), chunks at once', 'Errors', 'Throttles', 'Screenings', 'Retrainings'],
      'Undelivered events',
    ]);
  });

  it('reads the metrics of its own stage by the names that the functions give them', () => {
    const observe = readFileSync(join(ROOT, 'lambda', 'observe.ts'), 'utf8');
    const screen = readFileSync(join(ROOT, 'lambda', 'screen-chunk.ts'), 'utf8');
    expect(observe).toContain("METRICS_NAMESPACE = 'ionsieve'");
    for (const metric of ['Compositions', 'Chunks']) {
      expect(flat(DashboardBody)).toContain(`["ionsieve","${metric}","service","screen-chunk","stage","dev"`);
      expect(screen).toMatch(new RegExp(`\\b${metric}: `));
    }
  });
});

describe('logs', () => {
  it('of every function and workflow expire', () => {
    const days = (stage: typeof dev) =>
      ofType(stage.screener, 'AWS::Logs::LogGroup').map(([, log]) => log.RetentionInDays);
    expect(days(dev)).toEqual(Array(14).fill(90));
    expect(days(prod)).toEqual(Array(14).fill(30));
  });

  it('and traces are on everywhere', () => {
    for (const [, machine] of ofType(dev.screener, 'AWS::StepFunctions::StateMachine'))
      expect(machine).toMatchObject({
        TracingConfiguration: { Enabled: true },
        LoggingConfiguration: { Level: 'ALL' },
      });
    for (const [, one] of ofType(dev.screener, 'AWS::Lambda::Function'))
      expect(one.TracingConfig).toEqual({ Mode: 'Active' });
  });
});

describe('functions', () => {
  const functions = ofType(dev.screener, 'AWS::Lambda::Function').map(([, one]) => one);
  const changed = ofType(other.screener, 'AWS::Lambda::Function').map(([, one]) => one);
  const named = (all: typeof functions, name: string) =>
    all.find(({ FunctionName }) => String(FunctionName).endsWith(`-${name}`))!;

  it('run on Node 24 on the architecture that is configured, the layer too', () => {
    for (const [stage, architecture] of [
      [dev, 'arm64'],
      [other, 'x86_64'],
    ] as const) {
      for (const [, one] of ofType(stage.screener, 'AWS::Lambda::Function'))
        expect(one).toMatchObject({ Runtime: 'nodejs24.x', Architectures: [architecture], Handler: 'index.handler' });
      const [[, layer]] = ofType(stage.screener, 'AWS::Lambda::LayerVersion');
      expect(layer.CompatibleArchitectures).toEqual([architecture]);
    }
  });

  it('get the memory and time of their class, within the limits of new accounts by default', () => {
    expect(named(functions, 'screen-chunk')).toMatchObject({ MemorySize: 1769, Timeout: 300 });
    expect(Math.max(...functions.map(({ MemorySize }) => MemorySize as number))).toBeLessThanOrEqual(3008);
    expect(named(changed, 'screen-chunk').MemorySize).toBe(3008);
    expect(named(changed, 'train').Timeout).toBe(600);
  });

  it('have ONNX Runtime beside them if their bundle requires it, and only then', async () => {
    const bundles = await buildBundles(ROOT, join(scratch, 'bundles'));
    const layered = functions.filter(({ Layers }) => Layers !== undefined).map(({ FunctionName }) => FunctionName);
    const needed = bundles.filter(({ usesLayer }) => usesLayer).map(({ name }) => `ionsieve-dev-${name}`);
    expect(bundles.map(({ name }) => name)).toEqual([...FUNCTION_NAMES].sort());
    expect(layered.sort()).toEqual(needed.sort());
  });

  it('get changes of distillation as JSON', () => {
    const { Variables } = named(changed, 'split-dataset').Environment as { Variables: Record<string, string> };
    expect(JSON.parse(Variables.DISTILL_SETTINGS)).toEqual({ folds: 3, training: { steps: 100 } });
  });

  it.each([
    [
      'plan',
      [
        ...['LAMBDA_CONCURRENCY', 'MAX_CONCURRENCY', 'SCREEN_ARCHITECTURE', 'SCREEN_MEMORY_MB'],
        ...['SCREEN_TIMEOUT_SECONDS', 'SPENDING_LIMIT_USD'],
      ],
    ],
    ['screen-chunk', []],
    ['split-dataset', ['DISTILL_SETTINGS']],
    ['collect-labels', ['MAX_QUARANTINE_SHARE']],
    ['assess', ['PROMOTION_MARGIN']],
    ['trigger', ['DEFAULT_SPACE', 'RETRAINING_ARN', 'SCREENING_ARN']],
  ])('%s: get bucket, stage, no telemetry with ONNX Runtime, and %j', (name, own) => {
    const { Environment, Layers } = named(functions, name);
    const { Variables } = Environment as { Variables: Record<string, unknown> };
    const ofRuntime = Layers === undefined ? [] : ['ORT_DISABLE_TELEMETRY'];
    expect(Object.keys(Variables).sort()).toEqual(['BUCKET', 'STAGE', ...ofRuntime, ...own].sort());
    expect(flat(Variables.BUCKET)).toBe('ionsieve-dev-<AWS::AccountId>-<AWS::Region>');
  });
});

describe('two stages in one account', () => {
  /** Names that are unique in an account; an inline policy's is so in its role only. */
  const names = (stage: typeof dev) =>
    Object.values({ ...stage.data, ...stage.screener })
      .filter(({ Type }) => Type !== 'AWS::IAM::Policy')
      .flatMap(({ Properties }) => Object.entries(Properties))
      .filter(([key]) => /^(?:\w+Name|Name)$/.test(key) && !['MetricName', 'DisplayName'].includes(key))
      .map(([, value]) => flat(value))
      .filter((name) => !name.startsWith('<')); // a reference to one that is among them

  it('share no name', () => {
    const shared = names(dev).filter((name) => names(prod).includes(name));
    expect(names(dev).length).toBeGreaterThan(30);
    expect(shared).toEqual([]);
  });

  it('have their name in each of theirs', () => {
    expect(names(prod).filter((name) => !name.includes('ionsieve-prod-'))).toEqual([]);
  });
});
