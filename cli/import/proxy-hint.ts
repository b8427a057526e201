/** Versions of Node.js from which it can go through the proxies of the environment, by major version. */
const FIRST_WITH_PROXIES: Readonly<Record<number, number>> = { 22: 21, 24: 0 };
const ALWAYS_FROM = 24; // major version

const USED = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];
const UNUSED = ['ALL_PROXY', 'all_proxy'];

/**
 * What to know of proxies where a server cannot be reached, or undefined if the environment names none.
 *
 * @param version of Node.js, such as 22.21.0
 * @param options of Node.js on the command line
 * @see https://nodejs.org/api/http.html#built-in-proxy-support
 */
export function proxyHint(env: NodeJS.ProcessEnv, version: string, options: readonly string[]): string | undefined {
  const name = [...USED, ...UNUSED].find((one) => env[one] !== undefined && env[one] !== '');
  if (name === undefined) return undefined;
  const [major, minor] = version.split('.').map(Number);
  if (!(major >= ALWAYS_FROM || minor >= (FIRST_WITH_PROXIES[major] ?? Number.POSITIVE_INFINITY)))
    return `${name} is set, and Node.js ${version} does not go through proxies: use 22.21, 24 or later with NODE_USE_ENV_PROXY=1.`;
  const isAsked =
    env.NODE_USE_ENV_PROXY === '1' || [...options, ...(env.NODE_OPTIONS ?? '').split(' ')].includes('--use-env-proxy');
  if (UNUSED.includes(name))
    return `${name} is set, which Node.js does not read: set HTTPS_PROXY and NODE_USE_ENV_PROXY=1 to go through the proxy.`;
  if (!isAsked) return `${name} is set and not used: set NODE_USE_ENV_PROXY=1 as well to go through the proxy.`;
  return `Requests go through the proxy that ${name} names: check it too.`;
}
