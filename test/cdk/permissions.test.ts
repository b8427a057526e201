import { describe, expect, it } from 'vitest';
import { flat, ofType, type Stage, synthesizeStage } from './synthesize.ts';

const BUCKET = 'arn:<AWS::Partition>:s3:::ionsieve-dev-<AWS::AccountId>-<AWS::Region>';
const STATES = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:';
const stage = synthesizeStage({ schedule: 'rate(1 day)' });

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** Statements of the policies of one role, by logical id of the role. */
function statementsOf({ screener }: Stage, role: string): Statement[] {
  return ofType(screener, 'AWS::IAM::Policy')
    .filter(([, { Roles }]) => (Roles as unknown[]).map(flat).includes(`<${role}>`))
    .flatMap(([, { PolicyDocument }]) => (PolicyDocument as { Statement: Statement[] }).Statement);
}

function roleOf(type: string, property: string, name: string): string {
  const [, found] = ofType(stage.screener, type).find(
    ([, properties]) => properties[property] === `ionsieve-dev-${name}`,
  )!;
  const arn = flat(found.Role ?? found.RoleArn);
  return arn.slice(1, -'.Arn>'.length);
}

/** What a role may do: resources by action, keys instead of ARNs for objects of the bucket. */
function allowed(role: string): Record<string, string[]> {
  const pairs = statementsOf(stage, role).flatMap(({ Action, Resource, Condition }) =>
    listOf(Action).flatMap((action) =>
      action === 's3:ListBucket'
        ? (Condition as { StringLikeIfExists: { 's3:prefix': string[] } }).StringLikeIfExists['s3:prefix'].map(
            (prefix) => [action, prefix],
          )
        : listOf(Resource).map((resource) => [action, flat(resource).replace(`${BUCKET}/`, '')]),
    ),
  );
  const actions = [...new Set(pairs.map(([action]) => action))];
  return Object.fromEntries(
    actions.map((action) => [
      action,
      pairs
        .filter(([each]) => each === action)
        .map(([, resource]) => resource)
        .sort(),
    ]),
  );
}

/**
 * What each handler calls: `get` and `stat` need GetObject, `put` and `putIf` PutObject, `list` and the answer that
 * something is absent ListBucket.
 */
const HANDLERS: Record<string, { get: string[]; put: string[]; list: string[]; other?: Record<string, string[]> }> = {
  plan: {
    get: ['datasets/*', 'models/*', 'runs/*', 'spaces/*'], // the event names space, dataset and student
    put: ['runs/*'], // plan/
    list: ['datasets/*', 'models/*', 'runs/*', 'spaces/*'],
  },
  'screen-chunk': {
    get: ['datasets/*', 'runs/*'], // rows of a dataset; plan/, and a result that is there already
    put: ['runs/*/chunks/*'],
    list: ['datasets/*', 'runs/*'], // a plan or a dataset that was deleted meanwhile is told as absent
  },
  reduce: {
    get: ['runs/*'], // plan/ and chunks/
    put: ['runs/*'], // ranking, summary, report, receipt
    list: ['runs/*'],
  },
  compare: {
    get: ['history/*', 'runs/*'], // outputs and students of this run and the last
    put: ['history/*', 'runs/*/comparison.*'],
    list: ['history/*', 'runs/*'],
  },
  'split-dataset': {
    get: ['datasets/*', 'labels/labels.csv.gz', 'teacher/teacher.json'], // the first lines of large files; copies for the job
    put: ['retrain/*'],
    list: ['datasets/*', 'labels/*', 'teacher/*'],
  },
  'label-shard': { get: ['datasets/*', 'retrain/*'], put: ['retrain/*'], list: ['datasets/*', 'retrain/*'] },
  'collect-labels': { get: ['retrain/*'], put: ['retrain/*'], list: ['retrain/*'] }, // the job's own copies
  train: { get: ['retrain/*'], put: ['retrain/*'], list: ['retrain/*'] }, // labels and checkpoints
  assess: {
    get: ['labels/labels.csv.gz', 'models/*', 'retrain/*', 'teacher/teacher.json'], // whether they were replaced
    put: ['models/students/*', 'retrain/*'],
    list: ['labels/*', 'models/*', 'retrain/*', 'teacher/*'],
  },
  promote: {
    get: ['labels/labels.csv.gz', 'models/*', 'retrain/*', 'teacher/teacher.json'],
    put: ['labels/labels.csv.gz', 'models/current.json'],
    list: ['labels/*', 'models/*', 'retrain/*', 'teacher/*'],
  },
  trigger: {
    get: [
      ...['datasets/*/READY', 'models/current.json', 'models/students/*/committee.onnx'],
      ...['models/students/*/labels.csv.gz', 'runs/*', 'spaces/*', 'teacher/teacher.json'], // companions decide on a run id
    ],
    put: [],
    list: ['datasets/*', 'models/*', 'runs/*', 'spaces/*', 'teacher/*'],
    other: {
      'states:StartExecution': [
        `${STATES}stateMachine:ionsieve-dev-retraining`,
        `${STATES}stateMachine:ionsieve-dev-screening`,
      ],
      'states:DescribeExecution': [
        `${STATES}execution:ionsieve-dev-retraining:retraining-*`,
        `${STATES}execution:ionsieve-dev-screening:screening-*`,
      ],
      'states:RedriveExecution': [`${STATES}execution:ionsieve-dev-screening:screening-*`], // a retraining is begun anew
      'sqs:SendMessage': ['<DeadLettersBBF8BAAB.Arn>'],
    },
  },
};

const TRACES = { 'xray:PutTelemetryRecords': ['*'], 'xray:PutTraceSegments': ['*'] };
const KEY = expect.stringMatching(/^<ionsieve-dev-data:.*Key.*>$/);
const OPERATIONS_KEY = '<OperationsKeyD0717C64.Arn>';

describe('role of a function', () => {
  it.each(Object.entries(HANDLERS))('%s: may do what its handler calls and nothing else', (name, calls) => {
    const { get, put, list, other } = calls;
    const log = expect.stringMatching(/^<Functions\w+Log\w+\.Arn>$/);
    const queue = other?.['sqs:SendMessage'] === undefined ? [] : [OPERATIONS_KEY];
    expect(allowed(roleOf('AWS::Lambda::Function', 'FunctionName', name))).toEqual({
      's3:GetObject': get,
      's3:ListBucket': list,
      'kms:Decrypt': [...queue, KEY],
      ...(queue.length > 0 ? { 'kms:GenerateDataKey': queue } : {}),
      ...(put.length > 0 ? { 's3:PutObject': put, 'kms:GenerateDataKey': [KEY] } : {}),
      'logs:CreateLogStream': [log],
      'logs:PutLogEvents': [log],
      ...TRACES,
      ...other,
    });
  });

  it('is its own', () => {
    const roles = Object.keys(HANDLERS).map((name) => roleOf('AWS::Lambda::Function', 'FunctionName', name));
    expect(new Set(roles).size).toBe(roles.length);
  });

  it('uses the key of the data for the bucket alone', () => {
    for (const name of Object.keys(HANDLERS)) {
      const statements = statementsOf(stage, roleOf('AWS::Lambda::Function', 'FunctionName', name));
      const { Condition } = statements.find(({ Action }) => listOf(Action).includes('kms:Decrypt'))!;
      const { 'kms:ViaService': service } = (Condition as { StringEquals: Record<string, unknown> }).StringEquals;
      expect(flat(service)).toBe('s3.<AWS::Region>.amazonaws.com');
    }
  });
});

const LOGS = [
  ...['CreateLogDelivery', 'DeleteLogDelivery', 'DescribeLogGroups', 'DescribeResourcePolicies', 'GetLogDelivery'],
  ...['ListLogDeliveries', 'PutResourcePolicy', 'UpdateLogDelivery'],
].map((action) => [`logs:${action}`, ['*']]);
const SAMPLING = { 'xray:GetSamplingRules': ['*'], 'xray:GetSamplingTargets': ['*'] };

describe('role of a workflow', () => {
  const execution = `${STATES}execution:ionsieve-dev-`;

  it.each([
    {
      workflow: 'screening',
      maps: ['ScreenChunks'],
      functions: ['Compare', 'Plan', 'Reduce', 'ScreenChunk'],
      lists: ['runs/*/plan/chunks.json'],
      results: ['runs/*/map/*'],
    },
    {
      workflow: 'retraining',
      maps: ['LabelShards', 'TrainMembers'],
      functions: ['Assess', 'CollectLabels', 'LabelShard', 'Promote', 'SplitDataset', 'Train', 'Trigger'],
      lists: ['retrain/*/shards.json', 'retrain/*/trainings.json'],
      results: ['retrain/*/map/*'],
    },
  ])('$workflow: may run its maps, invoke its functions and tell', (expected) => {
    const { workflow, maps, functions, lists, results } = expected;
    const children = maps.map((map) => `${execution}${workflow}/${map}:*`);
    expect(allowed(roleOf('AWS::StepFunctions::StateMachine', 'StateMachineName', workflow))).toEqual({
      's3:GetObject': [...results, ...lists].sort(),
      's3:PutObject': results,
      's3:AbortMultipartUpload': results,
      's3:ListMultipartUploadParts': results,
      'kms:Decrypt': expect.arrayContaining([KEY]),
      'kms:GenerateDataKey': expect.arrayContaining([KEY]),
      'lambda:InvokeFunction': functions.map((name) =>
        expect.stringMatching(`^<Functions${name}Function\\w{8}\\.Arn>$`),
      ),
      'states:StartExecution': [`${STATES}stateMachine:ionsieve-dev-${workflow}`], // children of its maps
      'states:DescribeExecution': [...children, `${execution}${workflow}:*`],
      'states:StopExecution': [...children, `${execution}${workflow}:*`],
      'states:RedriveExecution': children,
      'sns:Publish': ['<NotificationsTopicAE679CBD>'],
      ...Object.fromEntries(LOGS),
      ...TRACES,
      ...SAMPLING,
    });
  });
});

describe('role of the report of failures', () => {
  const reportRole = roleOf('AWS::StepFunctions::StateMachine', 'StateMachineName', 'failure-report');
  const arn = (resource: string, name: string) =>
    `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:${resource}:ionsieve-dev-${name}`;

  it('may read what failed in the maps of the workflows, and tell', () => {
    const maps = ['retraining/LabelShards:*', 'retraining/TrainMembers:*', 'screening/ScreenChunks:*'];
    expect(allowed(reportRole)).toEqual({
      'states:ListMapRuns': [arn('execution', 'retraining:*'), arn('execution', 'screening:*')],
      'states:ListExecutions': maps.map((map) => arn('mapRun', map)),
      'states:DescribeExecution': maps.map((map) => arn('execution', map)),
      'kms:Decrypt': [expect.anything()],
      'kms:GenerateDataKey': [expect.anything()],
      'sns:Publish': ['<NotificationsTopicAE679CBD>'],
      ...Object.fromEntries(LOGS),
      ...TRACES,
      ...SAMPLING,
    });
  });

  it('is begun by the rule alone', () => {
    const rule = ofType(stage.screener, 'AWS::Events::Rule').find(
      ([, { Name }]) => Name === 'ionsieve-dev-execution-failed',
    )!;
    const [target] = rule[1].Targets as { Arn: unknown; RoleArn: unknown }[];
    const role = flat(target.RoleArn).slice(1, -'.Arn>'.length);
    expect(allowed(role)).toEqual({ 'states:StartExecution': [flat(target.Arn)] });
  });
});

describe('role of the schedule', () => {
  it('may invoke the trigger and keep what fails', () => {
    const [[, { Target }]] = ofType(stage.screener, 'AWS::Scheduler::Schedule');
    const role = flat((Target as { RoleArn: unknown }).RoleArn).slice(1, -'.Arn>'.length);
    expect(allowed(role)).toEqual({
      'lambda:InvokeFunction': [expect.stringMatching(/^<FunctionsTriggerFunction/)],
      'sqs:SendMessage': ['<DeadLettersBBF8BAAB.Arn>'],
      'kms:Decrypt': [OPERATIONS_KEY],
      'kms:GenerateDataKey': [OPERATIONS_KEY],
    });
  });
});

it('nobody else has a role, and none has a managed policy', () => {
  const roles = ofType(stage.screener, 'AWS::IAM::Role');
  expect(roles).toHaveLength(Object.keys(HANDLERS).length + 5); // two workflows, report, rule and schedule
  for (const [, role] of roles) expect(role).not.toHaveProperty('ManagedPolicyArns');
});

describe('functions with ONNX Runtime', () => {
  it('send nothing to the maker of ONNX Runtime', () => {
    const withRuntime = ofType(stage.screener, 'AWS::Lambda::Function').filter(
      ([, { Layers }]) => Layers !== undefined,
    );
    expect(withRuntime.length).toBeGreaterThan(3);
    for (const [, { Environment }] of withRuntime)
      expect(Environment).toMatchObject({ Variables: { ORT_DISABLE_TELEMETRY: '1' } });
  });
});
