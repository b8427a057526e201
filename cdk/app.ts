import { App } from 'aws-cdk-lib';
import { readConfig } from './config.ts';
import { addChecks, addDeployment } from './deployment.ts';

const ASSETS = 'dist/lambda'; // made by `npm run build:lambda`

const app = new App();
const config = readConfig(app.node.tryGetContext('stage'), app.node.tryGetContext('ionsieve'));
addDeployment(app, config, ASSETS);
addChecks(app);
app.synth();
