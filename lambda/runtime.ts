import { CLIENT_SETTINGS, MB_PER_VCPU } from '../shared/aws.ts';
import { InputError } from '../shared/errors.ts';
import type { ConditionalStore } from '../shared/io/store/store.ts';

/** Variables of a function's environment; each throws {@link InputError} naming the variable if it is absent or bad. */
export interface Environment {
  text(name: string): string;
  /** A finite number >= 0. */
  number(name: string): number;
  /** One of these values. */
  oneOf<T extends string>(name: string, values: readonly T[]): T;
}

/** What every function has in the cloud. */
export interface CloudRuntime {
  readonly store: ConditionalStore; // over the stage's bucket
  readonly stage: string;
  readonly environment: Environment;
  readonly vcpus: number; // whole ones that this function has, at least 1
}

/** Read the environment, once, and connect to the stage's bucket. The SDK is loaded here, so that a bundle can be loaded without it. */
export async function cloudRuntime(env: NodeJS.ProcessEnv = process.env): Promise<CloudRuntime> {
  const environment = readEnvironment(env);
  const [{ S3Client }, { S3Store }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('../shared/io/store/s3-store.ts'),
  ]);
  const client = new S3Client({
    ...CLIENT_SETTINGS,
    forcePathStyle: (env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL) !== undefined,
  });
  return {
    store: new S3Store(client, environment.text('BUCKET')),
    stage: environment.text('STAGE'),
    environment,
    vcpus: Math.max(1, Math.floor(Number(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 0) / MB_PER_VCPU)),
  };
}

/** Access to environment variables that names what is missing. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const text = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === '') throw refusal(name, 'is not set');
    return value;
  };
  return {
    text,
    number: (name) => {
      const value = Number(text(name));
      if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
        throw refusal(name, `is ${JSON.stringify(env[name])}, not a number >= 0`);
      return value;
    },
    oneOf: (name, values) => {
      const value = text(name);
      const known = values.find((each) => each === value);
      if (known === undefined) throw refusal(name, `is ${JSON.stringify(value)}, not one of ${values.join(', ')}`);
      return known;
    },
  };
}

function refusal(name: string, problem: string): InputError {
  return new InputError(
    `${name} ${problem}`,
    { file: 'environment' },
    'Deploy the stack again; it sets this variable.',
  );
}
