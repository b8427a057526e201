import { expect, it } from 'vitest';
import { allStates, definitionOf, synthesizeStage } from './synthesize.ts';

const stage = synthesizeStage();
const report = definitionOf(stage, 'failure-report');
const { States: children } = report.States.EachMap.ItemProcessor!;
const { States: naming } = children.EachFailed.ItemProcessor!;

const mapsOf = (workflow: string): string[] =>
  allStates(definitionOf(stage, workflow)).flatMap(([name, { Type }]) => (Type === 'Map' ? [name] : []));

it('reads the children that failed, of every map of an execution', () => {
  expect(report.StartAt).toBe('FindMaps');
  expect(report.States.FindMaps.Parameters).toEqual({ 'ExecutionArn.$': '$.detail.executionArn' });
  expect(children.FindFailed.Parameters).toMatchObject({ 'MapRunArn.$': '$.MapRunArn', StatusFilter: 'FAILED' });
  expect(naming.DescribeFailed.Parameters).toEqual({ 'ExecutionArn.$': '$.ExecutionArn' });
});

it('names an item of each map of both workflows', () => {
  const maps = [...mapsOf('screening'), ...mapsOf('retraining')];
  expect(naming.WhichMap.Choices).toEqual(
    maps.map((map) => ({ Variable: '$.arn', StringMatches: `*/${map}:*`, Next: `Name${map}` })),
  );
  expect(naming.NameScreenChunks.Parameters).toEqual({
    'what.$': "States.Format('run {}, chunk {} [{}, {})', $.input.runId, $.input.chunk, $.input.start, $.input.end)",
    'error.$': '$.child.Error',
    'cause.$': '$.child.Cause',
  });
});

it('tells it with the event of the execution', () => {
  const { Notice, Tell } = report.States;
  expect(Notice.Parameters).toMatchObject({ notice: { 'failed.$': '$.failed', 'execution.$': '$.detail' } });
  expect(Notice.Next).toBe('Tell');
  expect(Tell).toMatchObject({ Parameters: { 'Message.$': 'States.JsonToString($.notice)' }, End: true });
});

it('catches nothing, so that a report that fails is told of by a rule', () => {
  expect(allStates(report).filter(([, { Catch }]) => Catch !== undefined)).toEqual([]);
});
