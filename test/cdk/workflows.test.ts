import { describe, expect, it } from 'vitest';
import { after, allStates, definitionOf, synthesizeStage } from './synthesize.ts';

const stage = synthesizeStage({ lambdaConcurrency: 50, maxConcurrency: 42, maxTrainingRounds: 7 });
const screening = definitionOf(stage, 'screening');
const retraining = definitionOf(stage, 'retraining');
const both = [
  ['screening', screening],
  ['retraining', retraining],
] as const;

const retrierOf = (state: { Retry?: readonly Record<string, unknown>[] }, error: string) =>
  state.Retry?.find(({ ErrorEquals }) => (ErrorEquals as string[]).includes(error));

describe.each(both)('%s', (_, definition) => {
  const states = allStates(definition);
  const tasks = states.filter(([, { Type }]) => Type === 'Task');
  const invocations = tasks.filter(
    ([, { Resource }]) => String(Resource).endsWith('Function.Arn>') || /<Functions/.test(String(Resource)),
  );
  const maps = states.filter(([, { Type }]) => Type === 'Map');

  it('stops in the end: as a whole and in every task', () => {
    expect(definition.TimeoutSeconds).toBeGreaterThan(0);
    expect(tasks.filter(([, { TimeoutSeconds }]) => TimeoutSeconds === undefined)).toEqual([]);
  });

  it('gives a task longer than its function, so that the function itself says that it ran out of time', () => {
    const timeouts = Object.entries(stage.screener).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
    for (const [name, { Resource, TimeoutSeconds }] of invocations) {
      const [, { Properties }] = timeouts.find(([id]) => Resource === `<${id}.Arn>`)!;
      expect(TimeoutSeconds, name).toBeGreaterThan(Properties.Timeout as number);
    }
  });

  it('tolerates no failed item of a map', () => {
    expect(maps.length).toBeGreaterThan(0);
    for (const [, map] of maps) expect(Object.keys(map).filter((field) => field.startsWith('Tolerated'))).toEqual([]);
  });

  it('runs one standard child execution an item, of a list in the bucket, so that it can be redriven', () => {
    for (const [name, map] of maps) {
      expect(map.ItemProcessor!.ProcessorConfig).toEqual({ Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' });
      expect(map).not.toHaveProperty('ItemBatcher');
      expect(map).toMatchObject({
        Label: name,
        MaxConcurrency: 42,
        ItemReader: {
          Resource: 'arn:<AWS::Partition>:states:::s3:getObject',
          ReaderConfig: { InputType: 'JSON' },
          Parameters: { Bucket: 'ionsieve-dev-<AWS::AccountId>-<AWS::Region>' },
        },
      });
    }
  });

  it('writes what became of every child to the bucket, which a state could not hold', () => {
    for (const [, map] of maps)
      expect(map.ResultWriter).toMatchObject({
        Resource: 'arn:<AWS::Partition>:states:::s3:putObject',
        Parameters: { Bucket: 'ionsieve-dev-<AWS::AccountId>-<AWS::Region>' },
      });
  });

  it('catches no failure', () => {
    expect(states.filter(([, { Catch }]) => Catch !== undefined)).toEqual([]);
  });

  it('waits throttling out, with full jitter', () => {
    for (const [, task] of invocations)
      expect(retrierOf(task, 'Lambda.TooManyRequestsException')).toEqual({
        ErrorEquals: ['Lambda.TooManyRequestsException'],
        IntervalSeconds: 2,
        BackoffRate: 2,
        MaxDelaySeconds: 300,
        MaxAttempts: 10_000,
        JitterStrategy: 'FULL',
      });
  });

  it('retries service errors and whatever else, with full jitter, but not what cannot be mended', () => {
    for (const [, task] of invocations) {
      expect(retrierOf(task, 'Lambda.ServiceException')).toMatchObject({ MaxAttempts: 8, JitterStrategy: 'FULL' });
      expect(retrierOf(task, 'Lambda.SdkClientException')).toMatchObject({ MaxAttempts: 8, JitterStrategy: 'FULL' });
      expect(task.Retry!.at(0)).toEqual({ ErrorEquals: ['InputError', 'IntegrityError'], MaxAttempts: 0 });
      expect(task.Retry!.at(-1)).toMatchObject({ ErrorEquals: ['States.ALL'], MaxAttempts: 3, JitterStrategy: 'FULL' });
    }
  });

  it('has objects as parameters, since a path there would be taken as text', () => {
    const given = states.filter(([, { Parameters }]) => Parameters !== undefined);
    expect(given.filter(([, { Parameters }]) => typeof Parameters !== 'object')).toEqual([]);
  });
});

describe('screening', () => {
  it('compares the estimated cost with the limit before anything fans out', () => {
    const { WithinSpendingLimit: guard, AboveSpendingLimit: stop } = screening.States;
    expect(after(screening, 'Plan')).toContain('WithinSpendingLimit');
    expect(guard).toMatchObject({
      Choices: [{ Variable: '$.plan.withinLimit', BooleanEquals: true, Next: 'ScreenChunks' }],
      Default: 'AboveSpendingLimit',
    });
    const entrances = Object.entries(screening.States).filter(([, state]) =>
      JSON.stringify(state).includes('"Next":"ScreenChunks"'),
    );
    expect(entrances.map(([name]) => name)).toEqual(['WithinSpendingLimit']);
    expect(stop.Type).toBe('Fail');
    expect(stop.CausePath).toContain('$.plan.costEstimate');
    expect(stop.CausePath).toContain('$.plan.spendingLimit');
  });

  it('does nothing, and tells nobody, when the run is finished already', () => {
    expect(screening.States.Finished).toMatchObject({
      Choices: [{ Variable: '$.plan.finished', BooleanEquals: true, Next: 'NothingToDo' }],
    });
    expect(screening.States.NothingToDo).toEqual({ Type: 'Succeed' });
  });

  it('plans, screens, reduces, compares with the last run and notifies, in this order', () => {
    const { Plan, ScreenChunks, Reduce, Compare, Notify } = screening.States;
    expect(screening.StartAt).toBe('Plan');
    expect(Plan.Next).toBe('Finished');
    expect(ScreenChunks.Next).toBe('Reduce');
    expect(Reduce).toMatchObject({ Parameters: { 'runId.$': '$.plan.runId' }, Next: 'Compare' });
    expect(Compare).toMatchObject({
      Parameters: { 'runId.$': '$.plan.runId', 'message.$': '$.reduce.message' },
      Next: 'Notify',
    });
    expect(Notify).toMatchObject({ Parameters: { 'Message.$': '$.compare.message' }, End: true });
  });
});

describe('retraining', () => {
  it('hands a dataset of compositions over to screening, and trains on nothing', () => {
    expect(retraining.States.KindOfDataset.Choices).toContainEqual({
      Variable: '$.split.kind',
      StringEquals: 'compositions',
      Next: 'ScreenDataset',
    });
    expect([...after(retraining, 'ScreenDataset')]).toEqual(['HandedOver']);
    expect(retraining.States.ScreenDataset).toMatchObject({
      Resource: expect.stringContaining('Trigger'),
      Parameters: {
        source: 'ionsieve.dataset',
        'compositions.$': '$.split.compositions',
        'time.$': '$$.State.EnteredTime',
      },
    });
  });

  it('labels nothing when there is no structure, as for a new teacher', () => {
    expect(retraining.States.KindOfDataset.Choices).toContainEqual({
      Variable: '$.split.shards',
      NumericEquals: 0,
      Next: 'CollectLabels',
    });
  });

  it('goes on with a training until it is done, at most as often as is configured', () => {
    const { ItemProcessor, ItemSelector } = retraining.States.TrainMembers;
    const { Train, TrainingDone, NextRound } = ItemProcessor!.States;
    expect(ItemSelector).toEqual({ 'item.$': '$$.Map.Item.Value', round: 1 });
    expect(Train).toMatchObject({ InputPath: '$.item', ResultPath: '$.receipt', Next: 'TrainingDone' });
    expect(TrainingDone).toMatchObject({
      Choices: [
        { Variable: '$.receipt.done', BooleanEquals: true, Next: 'Trained' },
        { Variable: '$.round', NumericGreaterThanEquals: 7, Next: 'TrainingTooLong' },
      ],
      Default: 'NextRound',
    });
    expect(NextRound).toMatchObject({
      Parameters: { 'item.$': '$.item', 'round.$': 'States.MathAdd($.round, 1)' },
      Next: 'Train',
    });
  });

  it('promotes only what the assessment allows, and tells the reason otherwise', () => {
    expect(retraining.States.GoodEnough).toMatchObject({
      Choices: [{ Variable: '$.assessed.promote', BooleanEquals: true, Next: 'Promote' }],
      Default: 'NotifyKept',
    });
    expect(retraining.States.NotifyKept.Parameters).toMatchObject({ 'Message.$': '$.assessed.reason' });
    expect(retraining.States.Promote).toMatchObject({ InputPath: '$.assessed' });
  });

  it('screens only with a student that was promoted, as every other event has it done', () => {
    const { WasPromoted, StartScreening } = retraining.States;
    expect(WasPromoted).toMatchObject({
      Choices: [{ Variable: '$.promoted.promoted', BooleanEquals: true, Next: 'StartScreening' }],
      Default: 'NotifyOvertaken',
    });
    expect(StartScreening).toMatchObject({
      Resource: expect.stringContaining('Trigger'),
      Parameters: {
        source: 'ionsieve.promotion',
        space: 'spaces/ionic-quinary.json',
        'time.$': '$$.State.EnteredTime',
      },
      Next: 'NotifyPromoted',
    });
  });
});
