/**
 * What Lambda's Node.js runtime does: fetch invocations from the runtime API, call the handler, send back what it says.
 * A process of its own for each execution environment; run by the Node.js version of the functions, without a build.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { pathToFileURL } from 'node:url';

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT, _HANDLER = '' } = process.env;
const api = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

type Handler = (event: unknown, context: object) => Promise<unknown>;

async function loadHandler(): Promise<Handler> {
  const dot = _HANDLER.lastIndexOf('.');
  const module = await import(pathToFileURL(`${LAMBDA_TASK_ROOT}/${_HANDLER.slice(0, dot)}.mjs`).href);
  const handler = module[_HANDLER.slice(dot + 1)];
  if (typeof handler !== 'function') throw new Error(`${_HANDLER} is undefined or not exported`);
  return handler as Handler;
}

function describe(error: unknown): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return JSON.stringify({ errorType: name, errorMessage: message, trace: stack?.split('\n') });
}

function makeContext(headers: Headers): object {
  const deadline = Number(headers.get('lambda-runtime-deadline-ms'));
  return {
    awsRequestId: headers.get('lambda-runtime-aws-request-id'),
    invokedFunctionArn: headers.get('lambda-runtime-invoked-function-arn'),
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

async function serve(handler: Handler): Promise<never> {
  for (;;) {
    const next = await fetch(`${api}/invocation/next`);
    const context = makeContext(next.headers);
    const id = next.headers.get('lambda-runtime-aws-request-id');
    process.env._X_AMZN_TRACE_ID = next.headers.get('lambda-runtime-trace-id') ?? '';
    const outcome = await next
      .json()
      .then((event) => handler(event, context))
      .then(
        (result) => ({ path: 'response', body: JSON.stringify(result ?? null) }),
        (error: unknown) => ({ path: 'error', body: describe(error) }),
      );
    await fetch(`${api}/invocation/${id}/${outcome.path}`, { method: 'POST', body: outcome.body });
  }
}

try {
  await serve(await loadHandler());
} catch (error) {
  await fetch(`${api}/init/error`, { method: 'POST', body: describe(error) });
  process.exit(1);
}
