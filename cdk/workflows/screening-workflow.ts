import { Duration } from 'aws-cdk-lib';
import { Choice, Condition, Fail, type IChainable, JsonPath, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../../shared/stage/stage-settings.ts';
import type { Notifications } from '../foundation/notifications.ts';
import type { ScreenerFunctions } from '../functions/screener-functions.ts';
import type { Storage } from '../functions/storage-policy.ts';
import { publish } from './publish.ts';
import { forEach, invoke } from './tasks.ts';
import { Workflow } from './workflow.ts';

export interface ScreeningWorkflowProps {
  readonly config: DeploymentConfig;
  readonly functions: ScreenerFunctions;
  readonly storage: Storage;
  readonly notifications: Notifications;
}

/**
 * Plan → cost guard → screen every chunk → reduce → compare with the last run → notify. Nothing fans out before its cost is known to be allowed. No
 * state catches the failure of another, so a redrive goes on at what failed.
 */
export class ScreeningWorkflow extends Construct {
  readonly workflow: Workflow;

  constructor(scope: Construct, id: string, props: ScreeningWorkflowProps) {
    super(scope, id);
    const { config, functions } = props;
    this.workflow = new Workflow(this, 'Workflow', {
      ...props,
      name: 'screening',
      comment: 'Screen every composition of a space or of a dataset and rank the best',
      timeout: Duration.hours(config.screeningTimeoutHours),
      definition: this.define(props),
      functions: (['plan', 'screen-chunk', 'reduce', 'compare'] as const).map((name) => functions.get(name)),
      itemLists: ['runs/*/plan/chunks.json'],
      mapResults: ['runs/*/map/*'],
      maps: ['ScreenChunks'],
    });
  }

  private define(props: ScreeningWorkflowProps): IChainable {
    const { config, functions, notifications } = props;
    const plan = invoke(this, 'Plan', { function: functions.get('plan'), resultPath: '$.plan' });
    const reduce = invoke(this, 'Reduce', {
      function: functions.get('reduce'),
      fields: { runId: JsonPath.stringAt('$.plan.runId') },
      resultPath: '$.reduce',
    });
    const compare = invoke(this, 'Compare', {
      function: functions.get('compare'),
      fields: { runId: JsonPath.stringAt('$.plan.runId'), message: JsonPath.stringAt('$.reduce.message') },
      resultPath: '$.compare',
    });
    const subject = `ionsieve ${config.stage}: ranking ready`;
    const notify = publish(this, 'Notify', notifications, subject, JsonPath.stringAt('$.compare.message'));
    const guard = new Choice(this, 'WithinSpendingLimit', { comment: 'Stops before anything fans out' })
      .when(
        Condition.booleanEquals('$.plan.withinLimit', true),
        this.screenChunks(props).next(reduce).next(compare).next(notify),
      )
      .otherwise(this.aboveLimit());
    const finished = new Choice(this, 'Finished')
      .when(Condition.booleanEquals('$.plan.finished', true), new Succeed(this, 'NothingToDo'))
      .otherwise(guard);
    return plan.next(finished);
  }

  private screenChunks({ config, functions, storage }: ScreeningWorkflowProps): ReturnType<typeof forEach> {
    const screen = invoke(this, 'ScreenChunk', { function: functions.get('screen-chunk') });
    const props = {
      bucket: storage.bucket,
      itemsKey: JsonPath.stringAt('$.plan.chunkList'),
      resultPrefix: JsonPath.format('runs/{}/map', JsonPath.stringAt('$.plan.runId')),
      maxConcurrency: config.maxConcurrency,
      resultPath: '$.map',
    };
    return forEach(this, 'ScreenChunks', props, screen);
  }

  private aboveLimit(): Fail {
    const figures = ['runId', 'costEstimate', 'spendingLimit'].map((name) => JsonPath.stringAt(`$.plan.${name}`));
    const cause =
      'run {} is estimated to cost {} US dollars, above the spending limit of {}. Screen less, or raise spendingLimitUsd.';
    return new Fail(this, 'AboveSpendingLimit', {
      error: 'SpendingLimitExceeded',
      causePath: JsonPath.format(cause, ...figures),
    });
  }
}
