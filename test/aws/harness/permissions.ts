/** A statement of an IAM policy, resolved. Only what the stacks use is understood; anything else is refused. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** An action that a caller wants to do. */
export interface Request {
  readonly action: string; // such as s3:GetObject
  readonly resource: string; // ARN
  readonly context: Readonly<Record<string, string>>; // condition keys, such as s3:prefix
}

/** Whether statements allow a request: some allow it and none denies it. */
export function isAllowed(statements: readonly Statement[], request: Request): boolean {
  const matching = statements.filter((statement) => matches(statement, request));
  return matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny');
}

/** Pairs of action and resource that statements allow and no request was for, such as `s3:GetObject arn:…`. */
export function unused(statements: readonly Statement[], requests: readonly Request[]): string[] {
  const allowed = statements.flatMap((statement) =>
    listed(statement.Action).flatMap((Action) =>
      listed(statement.Resource).map((Resource): Statement => ({ ...statement, Action, Resource })),
    ),
  );
  const idle = allowed.filter((statement) => !requests.some((request) => matches(statement, request)));
  return idle.map(({ Action, Resource }) => `${Action} ${Resource}`);
}

function matches({ Action, Resource, Condition = {} }: Statement, { action, resource, context }: Request): boolean {
  return (
    listed(Action).some((pattern) => isLike(action.toLowerCase(), pattern.toLowerCase())) &&
    listed(Resource).some((pattern) => isLike(resource, pattern)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, expected]) => holds(operator, context[key], listed(expected))),
    )
  );
}

/** A condition on a key that a request does not have is not met, unless it is only for requests that have the key. */
function holds(operator: string, actual: string | undefined, expected: readonly string[]): boolean {
  const [plain, ifExists] = operator.split(/(IfExists)$/);
  if (ifExists !== undefined) return actual === undefined || holds(plain, actual, expected);
  if (actual === undefined) return false;
  switch (operator) {
    case 'StringEquals':
    case 'ArnEquals':
    case 'Bool':
      return expected.includes(actual);
    case 'StringLike':
    case 'ArnLike':
      return expected.some((pattern) => isLike(actual, pattern));
    default:
      throw new Error(`the harness does not know the condition ${operator}`);
  }
}

function isLike(text: string, pattern: string): boolean {
  const parts = pattern.split(/([*?])/).map((part) => {
    if (part === '*') return '.*';
    return part === '?' ? '.' : part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 's').test(text);
}

function listed(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}
