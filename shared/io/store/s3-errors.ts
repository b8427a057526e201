import { withoutSessionTokens } from '../../aws.ts';
import { InputError, IonsieveError, StoreError } from '../../errors.ts';

interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** Where S3 says the region of a bucket that was asked for in another one. */
const REGION_HEADER = 'x-amz-bucket-region';

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

/** Whether S3 refused a request, other than by saying that there is nothing. */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return status !== undefined && status >= 300 && status < 500 && status !== 404;
}

/**
 * An error of S3 that the user can mend as an {@link InputError} naming the missing permission, bucket, region, key, or a
 * clock that is wrong; any other as a {@link StoreError}. Both name the object.
 *
 * @param action permission that the call needs, such as `s3:GetObject`
 * @param place object or prefix, such as `s3://bucket/key`
 */
export function s3Error(error: unknown, action: string, place: string): unknown {
  if (error instanceof IonsieveError) return error;
  const { name, message } = error as ServiceError;
  const remedy = remedyFor(error as ServiceError, action);
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

/** What S3 calls errors that trying again does not mend, and what does. */
const REMEDIES: Readonly<Record<string, string>> = {
  NoSuchKey: 'There is no such object: check the key.',
  NoSuchBucket: 'There is no such bucket: check the name of the stage, the account and the region.',
  InvalidObjectState:
    'The object is archived: restore it first (`aws s3api restore-object`), and keep the lifecycle rules of the bucket from archiving what is read.',
  AllAccessDisabled: 'The bucket or the account is closed: ask AWS support.',
  AccountProblem: 'The bucket or the account is closed: ask AWS support.',
  ...named('Sign in to AWS again (`aws sso login`, or AWS_PROFILE and AWS_REGION).', [
    'CredentialsProviderError',
    'ExpiredToken',
    'InvalidAccessKeyId',
    'InvalidToken',
    'SignatureDoesNotMatch',
  ]),
  ...named('The clock of this computer is wrong: set the clock (by NTP), and give the same command again.', [
    'RequestTimeTooSkewed',
    'RequestExpired',
  ]),
  ...named(
    'The KMS key of the object cannot be used: enable it (`aws kms enable-key`) or cancel its deletion. Without the key nobody can read what it encrypts.',
    [
      'KMS.DisabledException',
      'KMS.InvalidStateException',
      'KMS.KMSInvalidStateException',
      'KMS.NotFoundException',
      'KMS.InvalidKeyUsageException',
    ],
  ),
};

function named(remedy: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, remedy]));
}

const DENIED = new Set(['AccessDenied', 'Forbidden']);
const ELSEWHERE = new Set(['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException']);

function remedyFor(error: ServiceError, action: string): string | undefined {
  const { name, $response } = error;
  const status = statusOf(error);
  if (ELSEWHERE.has(name) || status === 301) {
    const region = $response?.headers?.[REGION_HEADER] ?? 'it';
    return `The bucket is in another region: set AWS_REGION to ${region}.`;
  }
  if (DENIED.has(name) || (status === 403 && !(name in REMEDIES)))
    return `Allow ${action} here, and the use of the bucket's key; s3:ListBucket too, or absent objects read as denied.`;
  return REMEDIES[name];
}
