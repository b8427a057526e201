import { Duration } from 'aws-cdk-lib';
import {
  Choice,
  Condition,
  type DistributedMap,
  Fail,
  type IChainable,
  JsonPath,
  Pass,
  Succeed,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../../shared/stage/stage-settings.ts';
import type { Notifications } from '../foundation/notifications.ts';
import type { ScreenerFunctions } from '../functions/screener-functions.ts';
import type { Storage } from '../functions/storage-policy.ts';
import { publish } from './publish.ts';
import { forEach, type InvokeProps, invoke } from './tasks.ts';
import { Workflow } from './workflow.ts';

export interface RetrainingWorkflowProps {
  readonly config: DeploymentConfig;
  readonly functions: ScreenerFunctions;
  readonly storage: Storage;
  readonly notifications: Notifications;
}

const USED = ['split-dataset', 'label-shard', 'collect-labels', 'train', 'assess', 'promote', 'trigger'] as const;

/**
 * Split → label every shard → collect → train → assess → promote → screening. A student that is worse than the current
 * one stays a candidate and the reason is told. A dataset of compositions goes to screening as it is.
 */
export class RetrainingWorkflow extends Construct {
  readonly workflow: Workflow;
  private readonly props: RetrainingWorkflowProps;

  constructor(scope: Construct, id: string, props: RetrainingWorkflowProps) {
    super(scope, id);
    this.props = props;
    const { config, functions } = props;
    this.workflow = new Workflow(this, 'Workflow', {
      ...props,
      name: 'retraining',
      comment: 'Label a dataset, distill a student from it and promote the student unless it is worse',
      timeout: Duration.hours(config.retrainingTimeoutHours),
      definition: this.define(),
      functions: USED.map((name) => functions.get(name)),
      itemLists: ['retrain/*/shards.json', 'retrain/*/trainings.json'],
      mapResults: ['retrain/*/map/*'],
      maps: ['LabelShards', 'TrainMembers'],
    });
  }

  private define(): IChainable {
    const split = this.invoke('SplitDataset', 'split-dataset', '$.split');
    const job = { fields: { jobId: JsonPath.stringAt('$.split.jobId') } };
    const collect = this.invoke('CollectLabels', 'collect-labels', '$.collected', job);
    const assess = this.invoke('Assess', 'assess', '$.assessed', job);
    const promote = this.invoke('Promote', 'promote', '$.promoted', { event: '$.assessed' });
    collect
      .next(this.trainMembers())
      .next(assess)
      .next(this.gate(promote.next(this.afterPromotion())));
    const kind = new Choice(this, 'KindOfDataset')
      .when(Condition.stringEquals('$.split.kind', 'compositions'), this.screenDataset())
      .when(Condition.numberEquals('$.split.shards', 0), collect)
      .otherwise(this.labelShards().next(collect));
    return split.next(kind);
  }

  private invoke(
    id: string,
    name: (typeof USED)[number],
    resultPath: string,
    event: Pick<InvokeProps, 'event' | 'fields'> = {},
  ): LambdaInvoke {
    return invoke(this, id, { function: this.props.functions.get(name), resultPath, ...event });
  }

  private forEach(
    id: string,
    list: string,
    results: string,
    processor: IChainable,
    itemSelector?: Record<string, unknown>,
  ): DistributedMap {
    const props = {
      bucket: this.props.storage.bucket,
      itemsKey: JsonPath.stringAt(list),
      resultPrefix: JsonPath.format(`retrain/{}/map/${results}`, JsonPath.stringAt('$.split.jobId')),
      maxConcurrency: this.props.config.maxConcurrency,
      ...(itemSelector && { itemSelector }),
      resultPath: `$.${results}`,
    };
    return forEach(this, id, props, processor);
  }

  private labelShards(): DistributedMap {
    const label = invoke(this, 'LabelShard', { function: this.props.functions.get('label-shard') });
    return this.forEach('LabelShards', '$.split.shardList', 'labels', label);
  }

  /** A training that is not done when its time is up has checkpointed, and goes on in the next invocation. */
  private trainMembers(): DistributedMap {
    const train = this.invoke('Train', 'train', '$.receipt', { event: '$.item' });
    const nextRound = new Pass(this, 'NextRound', {
      parameters: { item: JsonPath.objectAt('$.item'), round: JsonPath.mathAdd(JsonPath.numberAt('$.round'), 1) },
    });
    const { maxTrainingRounds } = this.props.config;
    const tooLong = new Fail(this, 'TrainingTooLong', {
      error: 'TrainingTooLong',
      cause: `not done after ${maxTrainingRounds} invocations. Raise maxTrainingRounds, or train on less.`,
    });
    const done = new Choice(this, 'TrainingDone')
      .when(Condition.booleanEquals('$.receipt.done', true), new Succeed(this, 'Trained'))
      .when(Condition.numberGreaterThanEquals('$.round', maxTrainingRounds), tooLong)
      .otherwise(nextRound.next(train));
    const itemSelector = { item: JsonPath.objectAt('$$.Map.Item.Value'), round: 1 };
    return this.forEach('TrainMembers', '$.collected.trainingList', 'trainings', train.next(done), itemSelector);
  }

  private gate(promote: IChainable): Choice {
    return new Choice(this, 'GoodEnough')
      .when(Condition.booleanEquals('$.assessed.promote', true), promote)
      .otherwise(this.tell('NotifyKept', 'student not promoted', '$.assessed.reason'));
  }

  private afterPromotion(): Choice {
    return new Choice(this, 'WasPromoted', { comment: 'Another retraining may have been first' })
      .when(Condition.booleanEquals('$.promoted.promoted', true), this.screenWithPromoted())
      .otherwise(this.tell('NotifyOvertaken', 'student not promoted', '$.promoted.reason'));
  }

  private screenWithPromoted(): IChainable {
    const space = this.props.config.defaultSpace;
    const told = this.tell('NotifyPromoted', 'student promoted', '$.promoted.reason');
    return this.begin('StartScreening', { source: 'ionsieve.promotion', space }).next(told);
  }

  /** Compositions are not trained on: they are screened as they are, with the student in use. */
  private screenDataset(): IChainable {
    const compositions = JsonPath.stringAt('$.split.compositions');
    return this.begin('ScreenDataset', { source: 'ionsieve.dataset', compositions }).next(
      new Succeed(this, 'HandedOver'),
    );
  }

  /** Have a screening begun, without waiting for it. The trigger does it as for every other event. */
  private begin(id: string, event: Readonly<Record<string, string>>): LambdaInvoke {
    const time = JsonPath.stringAt('$$.State.EnteredTime');
    return this.invoke(id, 'trigger', '$.screening', { fields: { ...event, time } });
  }

  private tell(id: string, news: string, reason: string): IChainable {
    const subject = `ionsieve ${this.props.config.stage}: ${news}`;
    return publish(this, id, this.props.notifications, subject, JsonPath.stringAt(reason));
  }
}
