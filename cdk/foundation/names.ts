import { Aws } from 'aws-cdk-lib';

/** Name of anything of a stage, such as `ionsieve-dev-screening`. */
export function stageName(stage: string, thing: string): string {
  return `ionsieve-${stage}-${thing}`;
}

/** Name of a bucket, which is unique in the world by account and region. */
export function bucketName(stage: string, suffix = ''): string {
  return `ionsieve-${stage}-${Aws.ACCOUNT_ID}-${Aws.REGION}${suffix}`;
}
