import { describe, expect, it } from 'vitest';
import { proxyHint } from '../../../cli/import/proxy-hint.ts';

const PROXY = 'http://user:secret@127.0.0.1:3128';

describe('the hint at proxies', () => {
  it('is none where the environment names none', () => {
    expect(proxyHint({ HTTPS_PROXY: '' }, '24.0.0', [])).toBeUndefined();
  });

  it.each([
    ['HTTPS_PROXY', '20.19.0'],
    ['http_proxy', '22.20.9'],
    ['ALL_PROXY', '23.11.0'],
  ])('names %s and the version of Node.js that does not use it, %s', (name, version) => {
    expect(proxyHint({ [name]: PROXY, NODE_USE_ENV_PROXY: '1' }, version, [])).toBe(
      `${name} is set, and Node.js ${version} does not go through proxies: use 22.21, 24 or later with NODE_USE_ENV_PROXY=1.`,
    );
  });

  it.each(['22.21.0', '24.0.0', '26.1.0'])('names the switch in Node.js %s', (version) => {
    const off = 'HTTPS_PROXY is set and not used: set NODE_USE_ENV_PROXY=1 as well to go through the proxy.';
    const on = 'Requests go through the proxy that HTTPS_PROXY names: check it too.';
    expect(proxyHint({ HTTPS_PROXY: PROXY }, version, [])).toBe(off);
    expect(proxyHint({ HTTPS_PROXY: PROXY, NODE_USE_ENV_PROXY: '0' }, version, [])).toBe(off);
    expect(proxyHint({ HTTPS_PROXY: PROXY, NODE_USE_ENV_PROXY: '1' }, version, [])).toBe(on);
    expect(proxyHint({ HTTPS_PROXY: PROXY, NODE_OPTIONS: '--use-env-proxy' }, version, [])).toBe(on);
    expect(proxyHint({ HTTPS_PROXY: PROXY }, version, ['--use-env-proxy'])).toBe(on);
    expect(proxyHint({ ALL_PROXY: PROXY, NODE_USE_ENV_PROXY: '1' }, version, [])).toMatch(/Node\.js does not read/);
  });
});
