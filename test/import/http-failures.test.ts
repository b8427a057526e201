import { describe, expect, it } from 'vitest';
import { connectionFailure } from '../../shared/io/http/http-failures.ts';

/** What `fetch` throws: what it was caused by has what stopped it. */
function failedFetch(...causes: Error[]): Error {
  for (let i = 1; i < causes.length; i++) causes[i - 1].cause = causes[i];
  return new TypeError('fetch failed', { cause: causes[0] });
}

/** As a proxy that refuses a tunnel arrives in Node 22 and 24. */
const byProxy = (status: number) =>
  failedFetch(
    new DOMException('Request was cancelled.'),
    Object.assign(new Error(`Proxy response (${status}) !== 200 when HTTP Tunneling`), { code: 'UND_ERR_ABORTED' }),
  );

describe('a connection that fails', () => {
  it.each([
    [407, /user name and password: HTTPS_PROXY=/, true],
    [403, /Ask who runs the proxy/, true],
    [502, /The proxy cannot reach the server/, false],
  ])('behind a proxy that answers %i says so', (status, remedy, final) => {
    const problem = `is behind a proxy that refused the connection (${status})`;
    expect(connectionFailure(byProxy(status))).toEqual({ problem, remedy: expect.stringMatching(remedy), final });
  });

  it('may have a number for a code, or no reason', () => {
    const aborted = new DOMException('Request was cancelled.', 'AbortError');
    expect([typeof aborted.code, connectionFailure(failedFetch(aborted))?.problem]).toEqual([
      'number',
      'cannot be reached, or cut the connection (Request was cancelled.)',
    ]);
    expect(connectionFailure(failedFetch(new Error('')))?.problem).toMatch(/\(without a reason\)$/);
    const itself = new Error('again');
    itself.cause = itself;
    expect(connectionFailure(failedFetch(itself))?.problem).toMatch(/\(again\)$/);
  });

  it('is no error of ours', () => {
    expect(connectionFailure(new TypeError('x is not a function'))).toBeUndefined();
  });
});
