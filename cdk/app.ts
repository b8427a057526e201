import { App } from 'aws-cdk-lib';
import { ConfigError } from '../shared/stage/setting-readers.ts';
import { readConfig } from '../shared/stage/stage-settings.ts';
import { addChecks, addDeployment } from './deployment.ts';

const ASSETS = 'dist/bundles'; // where `npm run build:lambda` puts them; context key `assets` names another place

function synthesize(): void {
  const app = new App();
  const config = readConfig(app.node.tryGetContext('stage'), app.node.tryGetContext('ionsieve'));
  addDeployment(app, config, app.node.tryGetContext('assets') ?? ASSETS);
  addChecks(app);
  app.synth();
}

try {
  synthesize();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
