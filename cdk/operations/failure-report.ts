import { Duration } from 'aws-cdk-lib';
import {
  Choice,
  Condition,
  type IChainable,
  JsonPath,
  Map as MapState,
  Pass,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from '../../shared/stage/stage-settings.ts';
import { acknowledgeResource } from '../foundation/nag.ts';
import { stageName } from '../foundation/names.ts';
import type { Notifications } from '../foundation/notifications.ts';
import { LoggedStateMachine } from '../workflows/logged-state-machine.ts';
import { publish } from '../workflows/publish.ts';
import { retryAny } from '../workflows/tasks.ts';
import { statesArn } from '../workflows/workflow.ts';

export interface FailureReportProps {
  readonly config: DeploymentConfig;
  readonly notifications: Notifications;
}

/** What an item of each map is called, and the fields of the child's input that say which it is. */
const ITEMS: readonly { readonly workflow: string; readonly map: string; readonly text: string; fields: string[] }[] = [
  {
    workflow: 'screening',
    map: 'ScreenChunks',
    text: 'run {}, chunk {} [{}, {})',
    fields: ['runId', 'chunk', 'start', 'end'],
  },
  { workflow: 'retraining', map: 'LabelShards', text: 'job {}, shard {}', fields: ['jobId', 'shard'] },
  { workflow: 'retraining', map: 'TrainMembers', text: 'job {}, training {}', fields: ['item.jobId', 'item.training'] },
];

const MOST_NAMED = 3; // of a map: a cause may have 32 KiB, and a state may hold 256 KiB

/**
 * Reads what failed in an execution and tells it: the execution itself says of a map only that too many of its children
 * failed, and which they are is in theirs. Begins with the event that EventBridge has of the execution.
 */
export class FailureReport extends LoggedStateMachine {
  constructor(scope: Construct, id: string, { config, notifications }: FailureReportProps) {
    super(scope, id, {
      config,
      name: 'failure-report',
      comment: 'Tell of an execution that did not succeed, and name what failed in it',
      timeout: Duration.minutes(15),
      definition: define(scope, config, notifications),
    });
    this.allowReading(config.stage);
    this.allowLogsAndTraces();
    for (const statement of notifications.publishStatements()) this.role.addToPolicy(statement);
  }

  private allowReading(stage: string): void {
    const of = (resource: string, ending: (map: string) => string): string[] =>
      ITEMS.map(({ workflow, map }) => statesArn(this, resource, `${stageName(stage, workflow)}${ending(map)}`));
    const resources = {
      ListMapRuns: [...new Set(of('execution', () => ':*'))],
      ListExecutions: of('mapRun', (map) => `/${map}:*`),
      DescribeExecution: of('execution', (map) => `/${map}:*`),
    };
    for (const [action, arns] of Object.entries(resources)) {
      this.allow([`states:${action}`], arns);
      for (const arn of arns)
        acknowledgeResource(this.role, arn, 'Executions and map runs get their names at run time.');
    }
  }
}

function define(scope: Construct, { stage }: DeploymentConfig, notifications: Notifications): IChainable {
  const notice = new Pass(scope, 'Notice', {
    parameters: {
      notice: {
        news: `ionsieve ${stage}: an execution did not succeed`,
        runbook: 'docs/how-to/runbook.md#execution-failed',
        'failed.$': '$.failed', // a list for each map
        'execution.$': '$.detail', // whole: error and cause are not in every event
      },
    },
  });
  const subject = `ionsieve ${stage}: an execution did not succeed`;
  const message = JsonPath.jsonToString(JsonPath.objectAt('$.notice'));
  const eachMap = new MapState(scope, 'EachMap', {
    itemsPath: '$.maps.MapRuns',
    resultPath: '$.failed',
    maxConcurrency: 1,
  }).itemProcessor(failedOfMap(scope));
  return read(scope, 'FindMaps', 'listMapRuns', { ExecutionArn: JsonPath.stringAt('$.detail.executionArn') }, '$.maps')
    .next(eachMap)
    .next(notice)
    .next(publish(scope, 'Tell', notifications, subject, message));
}

function failedOfMap(scope: Construct): IChainable {
  const parameters = { MapRunArn: JsonPath.stringAt('$.MapRunArn'), StatusFilter: 'FAILED', MaxResults: MOST_NAMED };
  const each = new MapState(scope, 'EachFailed', {
    itemsPath: '$.children.Executions',
    // A child that timed out has no cause, and a path to nothing ends an execution.
    itemSelector: { 'ExecutionArn.$': '$$.Map.Item.Value.ExecutionArn', unknown: { Error: '', Cause: '' } },
    maxConcurrency: 1,
  }).itemProcessor(nameFailed(scope));
  return read(scope, 'FindFailed', 'listExecutions', parameters, '$.children').next(each);
}

/** What a failed child was to do, and why it failed. */
function nameFailed(scope: Construct): IChainable {
  const parameters = { ExecutionArn: JsonPath.stringAt('$.ExecutionArn') };
  const describe = read(scope, 'DescribeFailed', 'describeExecution', parameters, '$.child');
  const whole = new Pass(scope, 'ReadChild', {
    parameters: {
      'arn.$': '$.ExecutionArn',
      'input.$': 'States.StringToJson($.child.Input)',
      'child.$': 'States.JsonMerge($.unknown, $.child, false)',
    },
  });
  const which = new Choice(scope, 'WhichMap');
  for (const { map, text, fields } of ITEMS) {
    const what = JsonPath.format(text, ...fields.map((field) => JsonPath.stringAt(`$.input.${field}`)));
    const named = new Pass(scope, `Name${map}`, {
      parameters: { what, 'error.$': '$.child.Error', 'cause.$': '$.child.Cause' },
    });
    which.when(Condition.stringMatches('$.arn', `*/${map}:*`), named);
  }
  return describe.next(whole).next(which);
}

/** A call of Step Functions' own API. */
function read(
  scope: Construct,
  id: string,
  action: string,
  parameters: Record<string, unknown>,
  resultPath: string,
): CallAwsService {
  const task = new CallAwsService(scope, id, {
    service: 'sfn',
    action,
    parameters,
    resultPath,
    iamResources: ['*'], // not granted: the role is written out
    taskTimeout: Timeout.duration(Duration.minutes(1)),
  });
  return retryAny(task);
}
