import { type App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { DeploymentConfig } from '../shared/stage/stage-settings.ts';
import { stageName } from './foundation/names.ts';
import { DataStack } from './stacks/data-stack.ts';
import { ScreenerStack } from './stacks/screener-stack.ts';

/** The stacks of a stage, for any account and region: nothing is looked up. */
export interface Deployment {
  readonly data: DataStack;
  readonly screener: ScreenerStack;
}

/**
 * Add a stage to an app.
 *
 * @param assetRoot directory with `<function>/` for every function and `layer-<architecture>/`
 */
export function addDeployment(app: App, config: DeploymentConfig, assetRoot: string): Deployment {
  const protection = { terminationProtection: config.removalPolicy === 'retain' };
  const data = new DataStack(app, stageName(config.stage, 'data'), { config, ...protection });
  const screener = new ScreenerStack(app, stageName(config.stage, 'screener'), { config, key: data.key, assetRoot });
  screener.addStackDependency(data);
  for (const stack of [data, screener]) Tags.of(stack).add('ionsieve:stage', config.stage);
  return { data, screener };
}

/** Have every synthesis checked against the AwsSolutions rules. */
export function addChecks(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
