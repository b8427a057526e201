import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const fullSize = Boolean(process.env.IONSIEVE_FULL_SIZE); // trains for minutes, on a busy machine for hours

/** One project, with a minute for each test unless it says otherwise. */
function project(name: string, test: TestProjectInlineConfiguration['test']): TestProjectInlineConfiguration {
  return { test: { name, testTimeout: 60_000, hookTimeout: 60_000, ...test } };
}

/** `npm test` runs `ionsieve` and `cdk`; every other project has a script `test:<name>` and may need more than Node.js. */
export default defineConfig({
  test: {
    maxWorkers: '100%', // by default one processor is left idle, which is half of two
    projects: [
      project('ionsieve', {
        include: ['test/**/*.test.ts'],
        exclude: [
          'test/aws/**',
          'test/browser/**',
          'test/cdk/**',
          'test/docs/run-commands.test.ts',
          'test/faults/**',
          'test/package/*.test.ts',
        ],
      }),
      project('cdk', { include: ['test/cdk/**/*.test.ts'] }), // loading the library takes seconds
      project('aws', {
        include: ['test/aws/*.test.ts'],
        exclude: fullSize ? [] : ['test/aws/full-size.test.ts'],
        globalSetup: ['test/aws/global-setup.ts'],
        fileParallelism: false, // each file starts an account of its own, and the functions want the cores
        testTimeout: fullSize ? 7_200_000 : 600_000, // the machine may be busy
        hookTimeout: 300_000,
      }),
      project('browser', {
        include: ['test/browser/*.test.ts'],
        fileParallelism: false, // each file starts a browser of its own
        hookTimeout: 120_000,
      }),
      project('docs', {
        include: ['test/docs/run-commands.test.ts'],
        testTimeout: 120_000,
        bail: 1, // what follows on a page needs what comes before
      }),
      project('faults', {
        include: ['test/faults/*.test.ts'],
        pool: 'forks',
        execArgv: ['--max-old-space-size=1536'], // what takes more memory fails
        testTimeout: 900_000,
        hookTimeout: 120_000,
      }),
      project('package', {
        include: ['test/package/*.test.ts'],
        testTimeout: 120_000,
        hookTimeout: 300_000,
      }),
    ],
  },
});
