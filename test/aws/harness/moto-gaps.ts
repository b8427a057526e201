import { DescribeMapRunCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { Outcome } from './environment.ts';
import type { Helper } from './gateway.ts';
import { ACCOUNT } from './services.ts';

/**
 * What moto 5.2 does otherwise than AWS, made good in the templates and definitions that it is given. Each is to go when
 * moto no longer needs it.
 */

/** Resources that only watch. */
const WATCHING = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard'];

/** A template without alarms, which moto's CloudFormation has not, and without tags of keys (it looks for `TagKey`). */
export function deployable(template: string): string {
  const parsed = JSON.parse(template) as {
    Resources: Record<string, { Type: string; Properties?: { Tags?: unknown } }>;
  };
  for (const [id, { Type, Properties }] of Object.entries(parsed.Resources)) {
    if (WATCHING.includes(Type)) delete parsed.Resources[id];
    if (Type === 'AWS::KMS::Key') delete Properties?.Tags;
  }
  return JSON.stringify(parsed);
}

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Next?: string | undefined;
  readonly End?: boolean | undefined;
  readonly Catch?: unknown;
  readonly ResultPath?: string;
  readonly ItemProcessor?: { readonly ProcessorConfig?: { readonly Mode?: string } };
  readonly ToleratedFailurePercentage?: number;
  readonly ToleratedFailureCount?: number;
}

/** The function that stands for what moto leaves out. */
const MAP_CHECK = 'harness-map-check';

/**
 * A definition that moto executes as AWS does.
 * - Moto goes on after a distributed map whose children failed: a state that checks the map run is put after each.
 * - It looks up the place of a map's results in the map's output, in which it is not: that place gets a fixed name.
 */
export function executable(definition: string): string {
  const machine = JSON.parse(withFixedPrefixes(definition)) as { States: Record<string, State> };
  for (const [name, state] of Object.entries(machine.States)) {
    if (state.ItemProcessor?.ProcessorConfig?.Mode !== 'DISTRIBUTED') continue;
    if (state.ToleratedFailureCount !== undefined || state.ToleratedFailurePercentage !== undefined)
      throw new Error(`${name} tolerates failures, which the harness does not know`);
    const { Next, End, Catch, ResultPath = '$' } = state;
    const check = `${name} map run`;
    machine.States[name] = { ...state, Next: check, End: undefined };
    machine.States[check] = {
      Type: 'Task',
      Resource: functionArn(MAP_CHECK),
      Next,
      End,
      Catch,
      Parameters: { 'mapRunArn.$': `${ResultPath}.MapRunArn` },
      ResultPath: null as never,
    } as State;
  }
  return JSON.stringify(machine);
}

function functionArn(name: string): string {
  return `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
}

function withFixedPrefixes(definition: string): string {
  return definition.replace(
    /"Prefix\.\$":"States\.Format\('([^']*)'[^"]*\)"/g,
    (_, format: string) => `"Prefix":"${format.replaceAll('{}', '-')}"`,
  );
}

/** The functions that the definitions of {@link executable} call. @param operator may do everything */
export function gapFunctions(operator: SFNClient): ReadonlyMap<string, Helper> {
  return new Map([[MAP_CHECK, (event) => checkMapRun(operator, JSON.parse(event))]]);
}

/** An error, in AWS's words, if any child of a map run failed. */
async function checkMapRun(states: SFNClient, { mapRunArn }: { mapRunArn: string }): Promise<Outcome> {
  const { itemCounts } = await states.send(new DescribeMapRunCommand({ mapRunArn }));
  const failed = (itemCounts?.failed ?? 0) + (itemCounts?.timedOut ?? 0) + (itemCounts?.aborted ?? 0);
  // AWS puts `States.` before the name, which moto does not let pass.
  if (failed > 0)
    return failure('ExceedToleratedFailureThreshold', 'The specified tolerated failure threshold was exceeded');
  return { functionError: false, payload: 'null' };
}

function failure(errorType: string, errorMessage: string): Outcome {
  return { functionError: true, payload: JSON.stringify({ errorType, errorMessage }) };
}
