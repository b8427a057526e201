import { withoutSessionTokens } from '../../aws.ts';
import { InputError, IonsieveError, StoreError } from '../../errors.ts';

interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

/** HTTP status of an answer that the AWS SDK made into an error, or undefined if there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return (error as ServiceError).$metadata?.httpStatusCode;
}

/** Whether an error says that there is no such object, though there is the bucket. */
export function isAbsent(error: unknown): boolean {
  return (error as ServiceError).name === 'NoSuchKey';
}

/** What S3 says of bytes that were changed on their way to it. */
const DAMAGED_ON_THE_WAY = new Set(['BadDigest', 'InvalidDigest', 'XAmzContentSHA256Mismatch']);

/** What S3 says when another conditional write was at the object at the same moment. */
const CONFLICT = 409;

/**
 * Whether another try may go better where the SDK makes none: it tries requests again that were not answered, but not
 * what arrives damaged or ends in the midst.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof IonsieveError) return false;
  const { name, $metadata } = error as ServiceError;
  const status = $metadata?.httpStatusCode;
  if (DAMAGED_ON_THE_WAY.has(name) || status === CONFLICT) return true;
  return $metadata?.attempts === undefined || (status !== undefined && status < 300);
}

/**
 * An error of S3 that the user can mend as an {@link InputError} naming the missing permission, bucket or region; any
 * other as a {@link StoreError}. Both name the object.
 *
 * @param action permission that the call needs, such as `s3:GetObject`
 * @param place object or prefix, such as `s3://bucket/key`
 */
export function s3Error(error: unknown, action: string, place: string): unknown {
  if (error instanceof IonsieveError) return error;
  const { name, message } = error as ServiceError;
  const remedy = remedyFor(name, action);
  const said = withoutSessionTokens(message.split('\n')[0]); // the SDK's second line says how to look at the answer
  if (remedy !== undefined)
    return new InputError(`cannot be accessed (${name}: ${said})`, { file: place }, remedy, { cause: error });
  const kind = [name, ...((statusOf(error) ?? 0) >= 400 ? [`status ${statusOf(error)}`] : [])].join(', ');
  return new StoreError(
    `the store gave no usable answer (${kind}: ${said})`,
    { file: place },
    'Try again later: the store or the network has a fault, which usually passes.',
    { cause: error },
  );
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
