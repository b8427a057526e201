import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { afterAll } from 'vitest';
import { addDeployment } from '../../cdk/deployment.ts';
import { FUNCTION_NAMES } from '../../cdk/functions/storage-access.ts';
import { readConfig } from '../../shared/stage/stage-settings.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
}

/** The resources of a stage by logical id. */
export interface Stage {
  readonly data: Readonly<Record<string, Resource>>;
  readonly screener: Readonly<Record<string, Resource>>;
}

/** The context of `cdk.json`: the flags that a deployment has. */
export function cdkContext(): Record<string, unknown> {
  return JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')).context;
}

/** A folder that is removed after the tests. */
export const scratch = mkdtempSync(join(tmpdir(), 'ionsieve-cdk-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder with a placeholder for every function and both layers. */
export function placeholderAssets(): string {
  const folder = join(scratch, 'assets');
  for (const name of [...FUNCTION_NAMES, 'layer-arm64', 'layer-x64']) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'index.mjs'), `export const handler = async () => '${name}';\n`);
  }
  return folder;
}

/** Templates of stages with these settings, all in one app. */
export function synthesize<N extends string>(stages: Readonly<Record<N, object>>): Record<N, Stage> {
  const app = new App({ context: cdkContext() });
  const assets = placeholderAssets();
  for (const stage of Object.keys(stages)) addDeployment(app, readConfig(stage, stages), assets);
  const assembly = app.synth();
  const resources = (stack: string): Record<string, Resource> => assembly.getStackByName(stack).template.Resources;
  const entries = Object.keys(stages).map((stage) => [
    stage,
    { data: resources(`ionsieve-${stage}-data`), screener: resources(`ionsieve-${stage}-screener`) },
  ]);
  return Object.fromEntries(entries) as Record<N, Stage>;
}

/** One stage, `dev`. */
export function synthesizeStage(settings: object = {}): Stage {
  return synthesize({ dev: settings }).dev;
}

/** Logical ids and properties of a type. */
export function ofType(resources: Stage['data'], type: string): [string, Record<string, unknown>][] {
  return Object.entries(resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, { Properties }]) => [id, Properties]);
}

/** A value with its references as text: `<LogicalId>`, `<LogicalId.Attribute>`, `<AWS::Region>`. */
export function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const node = value as Record<string, unknown>;
  if ('Ref' in node) return `<${node.Ref}>`;
  if ('Fn::GetAtt' in node) return `<${(node['Fn::GetAtt'] as string[]).join('.')}>`;
  if ('Fn::ImportValue' in node) return `<${flat(node['Fn::ImportValue'])}>`;
  const [delimiter, parts] = node['Fn::Join'] as [string, unknown[]];
  return parts.map(flat).join(delimiter);
}

export interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly Record<string, unknown>[];
  readonly Retry?: readonly Record<string, unknown>[];
  readonly Catch?: unknown;
  readonly TimeoutSeconds?: number;
  readonly Parameters?: unknown;
  readonly CausePath?: string;
  readonly ItemProcessor?: Definition & { readonly ProcessorConfig: unknown };
  readonly [field: string]: unknown;
}

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly TimeoutSeconds?: number;
}

/** Definition of the state machine whose name ends so. */
export function definitionOf({ screener }: Stage, name: string): Definition {
  const machine = ofType(screener, 'AWS::StepFunctions::StateMachine').find(([, { StateMachineName }]) =>
    String(StateMachineName).endsWith(`-${name}`),
  );
  if (machine === undefined) throw new Error(`there is no state machine ${name}`);
  return JSON.parse(flat(machine[1].DefinitionString));
}

/** Every state with its name, those of maps included. */
export function allStates({ States }: Definition): [string, State][] {
  return Object.entries(States).flatMap(([name, state]): [string, State][] => [
    [name, state],
    ...(state.ItemProcessor === undefined ? [] : allStates(state.ItemProcessor)),
  ]);
}

/** Names of the states after one, in every branch, without those inside of maps. */
export function after(definition: Definition, name: string): Set<string> {
  const reached = new Set<string>();
  const visit = (state: State): void => {
    const choices = (state.Choices ?? []).map(({ Next }) => Next as string);
    for (const next of [state.Next, state.Default, ...choices]) {
      if (next === undefined || reached.has(next)) continue;
      reached.add(next);
      visit(definition.States[next]);
    }
  };
  visit(definition.States[name]);
  return reached;
}
