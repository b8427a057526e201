import { InputError } from '../errors.ts';

interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** HTTP status of an answer that the AWS SDK made into an error, or undefined if there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return (error as ServiceError).$metadata?.httpStatusCode;
}

/** Whether an error says that there is no such object, though there is the bucket. */
export function isAbsent(error: unknown): boolean {
  return (error as ServiceError).name === 'NoSuchKey';
}

/**
 * An error of S3 that the user can mend as an {@link InputError} naming the missing permission, bucket or region; any
 * other error as it is, so that a retry can tell a service's hiccup by its name.
 *
 * @param action permission that the call needs, such as `s3:GetObject`
 * @param place object or prefix, such as `s3://bucket/key`
 */
export function s3Error(error: unknown, action: string, place: string): unknown {
  const remedy = remedyFor((error as ServiceError).name, action);
  if (remedy === undefined) return error;
  const { name, message } = error as ServiceError;
  return new InputError(`cannot be accessed (${name}: ${message})`, { file: place }, remedy, { cause: error });
}

function remedyFor(name: string, action: string): string | undefined {
  switch (name) {
    case 'AccessDenied':
    case 'Forbidden':
    case '403': // an answer to HEAD has no body with a name
      return `Allow ${action} here, and the use of the bucket's key; s3:ListBucket too, or absent objects read as denied.`;
    case 'NoSuchKey':
      return 'There is no such object: check the key.';
    case 'NoSuchBucket':
      return 'There is no such bucket: check the name of the stage, the account and the region.';
    case 'PermanentRedirect':
      return 'The bucket is in another region: set AWS_REGION to it.';
    case 'CredentialsProviderError':
    case 'ExpiredToken':
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
      return 'Sign in to AWS again (`aws sso login`, or AWS_PROFILE and AWS_REGION).';
    default:
      return undefined;
  }
}
