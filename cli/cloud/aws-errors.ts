import { withoutSessionTokens } from '../../shared/aws.ts';
import { InputError } from '../../shared/errors.ts';

/**
 * Make one call; an error that the user can mend becomes an {@link InputError} that says how.
 *
 * @param permission that the call needs, such as `states:StartExecution`
 * @param place what it is called on
 */
export async function calling<T>(permission: string, place: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw awsError(error, permission, place);
  }
}

/** See {@link calling}; an error that nobody foresaw comes back as it is. */
export function awsError(error: unknown, permission: string, place: string): unknown {
  if (!(error instanceof Error) || error instanceof InputError) return error;
  const remedy = REMEDIES.find(({ matches }) => matches.test(kindOf(error)))?.remedy(permission);
  if (remedy === undefined) return error;
  const message = withoutSessionTokens(error.message).replace(/\.\s*$/, '');
  return new InputError(`${permission} failed (${error.name}: ${message})`, { file: place }, remedy, { cause: error });
}

/** Name or code of an error; that there is no region, the SDK says in the message alone. */
function kindOf(error: Error): string {
  if (/^Region (is missing|not accepted)/.test(error.message)) return 'RegionMissing';
  const { code } = error as NodeJS.ErrnoException;
  return error.name === 'Error' || error.name === 'AggregateError' ? (code ?? error.name) : error.name;
}

const SIGN_IN = 'Sign in again (such as `aws sso login`), or name other credentials with --profile or AWS_PROFILE.';

interface Remedy {
  readonly matches: RegExp;
  readonly remedy: (permission: string) => string;
}

const REMEDIES: readonly Remedy[] = [
  {
    matches: /^AccessDenied(Exception)?$|^NotAuthorized$/,
    remedy: (permission) => `Your role lacks ${permission} here: have it allowed, see docs/how-to/deployment.md.`,
  },
  { matches: /^RegionMissing$/, remedy: () => 'Give --region, such as eu-central-1, or set AWS_REGION.' },
  {
    matches: /^CredentialsProviderError$|^TokenProviderError$/,
    remedy: () => `There are no credentials, or they have run out. ${SIGN_IN}`,
  },
  { matches: /^ExpiredToken(Exception)?$|^RequestExpired$/, remedy: () => `The session has ended. ${SIGN_IN}` },
  {
    matches: /^(UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|IncompleteSignature)$/,
    remedy: () => `AWS does not know these credentials. ${SIGN_IN}`,
  },
  {
    matches: /^(InvalidSignatureException|SignatureDoesNotMatch)$/,
    remedy: () => 'The secret key is wrong, or the clock of this machine is. Correct it.',
  },
  {
    matches: /^StateMachineDoesNotExist$|^StateMachineDeleting$/,
    remedy: () => 'The stage is not deployed here: check --stage, --region and --profile, or deploy it.',
  },
  {
    matches: /^(ExecutionDoesNotExist|ResourceNotFound|InvalidArn)$/,
    remedy: () => 'There is no such run: `ionsieve cloud list` shows those that there are.',
  },
  {
    matches: /^(ThrottlingException|TooManyRequestsException|ServiceUnavailable)$/,
    remedy: () => 'AWS turned the call away for now: give the command again.',
  },
  {
    matches: /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|TimeoutError|NetworkingError)$/,
    remedy: () => 'AWS cannot be reached: check the network and that there is a region of this name.',
  },
];
