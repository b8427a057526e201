import { join } from 'node:path';
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DeploymentConfig, FunctionClass } from '../../shared/stage/stage-settings.ts';
import { stageName } from '../foundation/names.ts';
import { ScreenerFunction } from './screener-function.ts';
import { FUNCTION_NAMES, type FunctionName } from './storage-access.ts';
import type { Storage } from './storage-policy.ts';

export interface ScreenerFunctionsProps {
  readonly config: DeploymentConfig;
  readonly storage: Storage;
  /** Directory with one bundle per function and the layer. */
  readonly assetRoot: string;
  /** Receives events that could not be delivered. */
  readonly deadLetters: IQueue;
}

const CLASSES: Readonly<Record<FunctionName, FunctionClass>> = {
  plan: 'plan',
  'screen-chunk': 'screen',
  reduce: 'reduce',
  compare: 'reduce',
  'split-dataset': 'collect',
  'label-shard': 'label',
  'collect-labels': 'collect',
  train: 'train',
  assess: 'train',
  promote: 'light',
  trigger: 'light',
};

/** Functions that run a model. */
const WITH_RUNTIME: ReadonlySet<FunctionName> = new Set(['plan', 'screen-chunk', 'reduce', 'train', 'assess']);

/** Every function of a stage, by name. */
export class ScreenerFunctions extends Construct {
  private readonly all: ReadonlyMap<FunctionName, ScreenerFunction>;

  constructor(scope: Construct, id: string, props: ScreenerFunctionsProps) {
    super(scope, id);
    const { config, assetRoot } = props;
    const { architecture } = config;
    const layer = new LayerVersion(this, 'Runtime', {
      layerVersionName: stageName(config.stage, 'onnxruntime'),
      description: 'ONNX Runtime, pruned to one platform',
      code: Code.fromAsset(join(assetRoot, `layer-${architecture}`)),
      compatibleArchitectures: [architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64],
      compatibleRuntimes: [Runtime.NODEJS_24_X],
    });
    const create = (name: FunctionName): ScreenerFunction =>
      new ScreenerFunction(this, pascal(name), {
        ...props,
        name,
        functionClass: CLASSES[name],
        layer: WITH_RUNTIME.has(name) ? layer : undefined,
        environment: environmentOf(name, config),
        deadLetterQueue: name === 'trigger' ? props.deadLetters : undefined,
      });
    this.all = new Map(FUNCTION_NAMES.map((name) => [name, create(name)]));
  }

  classOf(name: FunctionName): FunctionClass {
    return CLASSES[name];
  }

  get(name: FunctionName): ScreenerFunction {
    return this.all.get(name)!;
  }
}

/** Settings that one function alone reads. */
function environmentOf(name: FunctionName, config: DeploymentConfig): Record<string, string> {
  switch (name) {
    case 'plan':
      return {
        SPENDING_LIMIT_USD: String(config.spendingLimitUsd),
        SCREEN_ARCHITECTURE: config.architecture,
        SCREEN_MEMORY_MB: String(config.memoryMB.screen),
        SCREEN_TIMEOUT_SECONDS: String(config.timeoutMinutes.screen * 60),
        MAX_CONCURRENCY: String(config.maxConcurrency),
        LAMBDA_CONCURRENCY: String(config.lambdaConcurrency),
      };
    case 'split-dataset':
      return { DISTILL_SETTINGS: JSON.stringify(config.distillation) };
    case 'collect-labels':
      return { MAX_QUARANTINE_SHARE: String(config.maxQuarantineShare) };
    case 'assess':
      return { PROMOTION_MARGIN: String(config.promotionMargin) };
    case 'trigger':
      return { DEFAULT_SPACE: config.defaultSpace };
    default:
      return {};
  }
}

/** `screen-chunk` → `ScreenChunk`. */
function pascal(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
