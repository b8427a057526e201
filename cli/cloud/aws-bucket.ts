import { S3Client } from '@aws-sdk/client-s3';
import { CLIENT_SETTINGS } from '../../shared/aws.ts';
import { S3Store } from '../../shared/io/store/s3-store.ts';
import { checkProfile } from './aws-profile.ts';
import type { AccountOptions } from './options.ts';

/**
 * Settings of a client of AWS.
 *
 * @throws {InputError} if there is no such profile
 */
export function clientSettings({ region, profile }: AccountOptions) {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'; // ours are checked when it is installed
  checkProfile(profile);
  return {
    ...CLIENT_SETTINGS,
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
  };
}

/** A bucket as a store, in whatever region it is. Throws {@link InputError} if there is no such profile. */
export function openBucket(bucket: string, options: AccountOptions): S3Store {
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  const forcePathStyle = (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined;
  const settings = { ...clientSettings(options), forcePathStyle, followRegionRedirects: true };
  return new S3Store(new S3Client(settings), bucket);
}
