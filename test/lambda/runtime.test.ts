import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { cloudRuntime, readEnvironment } from '../../lambda/runtime.ts';

const ENV = { BUCKET: 'bucket', STAGE: 'test', AWS_REGION: 'us-east-1' };

describe('the environment of a function', () => {
  it('is read with its types, and refused naming the variable', () => {
    const environment = readEnvironment({ NAME: 'x', LIMIT: '2.5', EMPTY: '', BAD: 'much' });
    expect(environment.text('NAME')).toBe('x');
    expect(environment.number('LIMIT')).toBe(2.5);
    expect(() => environment.text('ABSENT')).toThrow('environment: ABSENT is not set');
    expect(() => environment.text('EMPTY')).toThrow('environment: EMPTY is not set');
    expect(() => environment.number('BAD')).toThrow('environment: BAD is "much", not a number >= 0');
  });

  it.each(['BUCKET', 'STAGE'])('must have %s', async (name) => {
    await expect(cloudRuntime({ ...ENV, [name]: undefined })).rejects.toThrow(`${name} is not set`);
  });

  it.each([
    [undefined, 1],
    ['512', 1],
    ['1769', 1],
    ['3538', 2],
    ['10240', 5],
  ])('with %s MB has %i processors to itself', async (memory, vcpus) => {
    expect((await cloudRuntime({ ...ENV, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory })).vcpus).toBe(vcpus);
  });

  it('names the bucket in messages', async () => {
    expect((await cloudRuntime(ENV)).store.location).toBe('s3://bucket');
  });
});

describe('an observed handler', () => {
  /** Powertools write to the process's own output, so a process of its own is looked at. */
  function invoke(handle: string): { lines: Record<string, unknown>[]; stdout: string; stderr: string } {
    const module = new URL('../../dist/lambda/observe.js', import.meta.url);
    const script = `import { observed } from '${module}';
      const handler = observed('plan', ${handle}, ({ count }) => ({ Things: count }));
      const context = { awsRequestId: 'request-1', functionName: 'f', getRemainingTimeInMillis: () => 1000 };
      await handler({ a: 1 }, context).then((receipt) => console.log('receipt', JSON.stringify(receipt)),
        ({ message }) => console.log('thrown', message));`;
    const options = { encoding: 'utf8', env: { PATH: process.env.PATH, STAGE: 'test' } } as const;
    const args = ['--input-type=module', '-e', script];
    const { stdout, stderr } = spawnSync(process.execPath, args, options);
    const lines = [...stdout.split('\n'), ...stderr.split('\n')].filter((line) => line.startsWith('{'));
    return { lines: lines.map((line) => JSON.parse(line)), stdout, stderr };
  }

  it('logs event and receipt and counts what it did', () => {
    const { lines, stdout } = invoke('async ({ a }) => ({ count: a + 2 })');
    const common = { service: 'plan', stage: 'test', requestId: 'request-1' };
    expect(lines[0]).toMatchObject({ level: 'INFO', message: 'begin', event: { a: 1 }, ...common });
    expect(lines[1]).toMatchObject({ service: 'plan', stage: 'test', Things: 3, Failures: 0 });
    expect(lines[2]).toMatchObject({ level: 'INFO', message: 'end', receipt: { count: 3 }, ...common });
    expect(stdout).toContain('receipt {"count":3}');
  });

  it('logs an error with its place and counts a failure, and throws it on', () => {
    const { lines, stdout } = invoke(`async () => { throw new TypeError('boom'); }`);
    expect(stdout).toContain('thrown boom');
    expect(lines.find(({ Failures }) => Failures === 1)).toMatchObject({ service: 'plan', stage: 'test' });
    expect(lines.find(({ level }) => level === 'ERROR')).toMatchObject({
      message: 'failed',
      error: { name: 'TypeError', message: 'boom' },
    });
  });
});
