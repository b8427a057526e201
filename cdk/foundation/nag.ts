import { Stack, Validations } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

/** Accept a wildcard in a resource name of a role's policy, for a reason. */
export function acknowledgeResource(scope: IConstruct, resource: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[Resource::${flat(scope, resource)}]`, reason });
}

export function acknowledgeTracing(scope: IConstruct): void {
  acknowledgeResource(scope, '*', 'X-Ray has no resources to name: its actions are allowed on everything or nothing.');
}

const REASONS: Readonly<Record<string, string>> = {
  spaces: 'Space files are named by users, who choose one when they start a run.',
  models: 'Students are named by the hash of their bytes, which is known only once they are trained.',
  datasets: 'Datasets and their files are named by users.',
  runs: 'Runs are named by a hash of what is screened, which is known only once a run is planned.',
  history: 'Histories are named by a hash of what their runs have in common, known only once a run is finished.',
  retrain: 'Retraining jobs are named by a hash of dataset, teacher and labels, known only once a job begins.',
};

/** Accept the wildcards of key patterns such as `runs/*`. */
export function acknowledgeWildcards(scope: IConstruct, bucket: IBucket, patterns: readonly string[]): void {
  for (const pattern of new Set(patterns.filter((key) => key.includes('*')))) {
    const reason = REASONS[pattern.slice(0, pattern.indexOf('/'))];
    if (reason === undefined) throw new Error(`no reason is given for the wildcard of ${pattern}`);
    acknowledgeResource(scope, bucket.arnForObjects(pattern), reason);
  }
}

interface Reference {
  readonly Ref?: string;
  readonly 'Fn::Join'?: readonly [string, readonly (string | Reference)[]];
}

/** A resource name as cdk-nag writes it in its findings: references in angle brackets. */
function flat(scope: IConstruct, name: string): string {
  const write = (node: string | Reference): string => {
    if (typeof node === 'string') return node;
    const [delimiter, parts] = node['Fn::Join'] ?? ['', [`<${node.Ref}>`]];
    return parts.map(write).join(delimiter);
  };
  return write(Stack.of(scope).resolve(name));
}
