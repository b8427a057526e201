import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { packagePath } from '../../local/shipped/package-root.ts';
import { type CloudStage, DEFAULT_STAGE } from '../../shared/cost/cloud-simulation.ts';
import { InputError } from '../../shared/errors.ts';
import { fields, type Refuse, readJson, readShape, text } from '../../shared/shape.ts';
import { ConfigError } from '../../shared/stage/setting-readers.ts';
import { readConfig, STAGE, type StageSettings } from '../../shared/stage/stage-settings.ts';

interface Context {
  readonly stage?: string | undefined;
  readonly ionsieve?: unknown;
}

/** The stage that commands mean unless told otherwise: the one that `cdk deploy` deploys, by `cdk.json`. */
export function defaultStage(): string {
  return readContext().stage ?? 'dev';
}

/**
 * Refuse what cannot be the name of a stage before anybody is called; one that is not in `cdk.json` may be deployed from
 * another.
 */
export function checkStageName(stage: string): void {
  if (STAGE.test(stage)) return;
  const { ionsieve } = readContext();
  const known = Object.keys((ionsieve ?? {}) as object);
  throw new InputError(
    `${JSON.stringify(stage)} is not a stage name of 2 to 16 lower-case letters, digits and hyphens`,
    { column: '--stage' },
    known.length === 0 ? 'Give the name that was deployed.' : `cdk.json has ${known.join(', ')}.`,
  );
}

/** Settings of a stage in `cdk.json`. Throws {@link InputError} if it is not there or a setting is wrong. */
export function stageSettings(stage: string): StageSettings {
  try {
    return readConfig(stage, readContext().ionsieve);
  } catch (error) {
    if (error instanceof ConfigError) throw new InputError(error.message, {}, 'Correct cdk.json, or give --stage.');
    throw error;
  }
}

/** Where a stage screens; as by default if it is deployed from another `cdk.json`. */
export function cloudStage(stage: string): CloudStage {
  const { ionsieve } = readContext();
  if (typeof ionsieve !== 'object' || ionsieve === null || !Object.hasOwn(ionsieve, stage)) return DEFAULT_STAGE;
  const { architecture, memoryMB, timeoutMinutes, maxConcurrency, lambdaConcurrency } = stageSettings(stage);
  return {
    platform: { architecture, memoryMB: memoryMB.screen },
    maxConcurrency,
    lambdaConcurrency,
    timeoutSeconds: timeoutMinutes.screen * 60,
  };
}

const CDK_JSON = fields({
  context: v.exactOptional(fields({ stage: v.exactOptional(text), ionsieve: v.exactOptional(v.unknown()) })),
});

function readContext(): Context {
  const file = packagePath('cdk.json');
  if (!existsSync(file)) return {};
  const refuse: Refuse = (problem, column) => new InputError(problem, { file, column }, 'Correct it.');
  return readShape(CDK_JSON, readJson(readFileSync(file, 'utf8'), refuse), refuse).context ?? {};
}
