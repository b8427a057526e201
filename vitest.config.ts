import { defineConfig } from 'vitest/config';

const settings = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    maxWorkers: '100%', // by default one processor is left idle, which is half of two
    projects: [
      // Tests in an emulated account, in a browser, under faults, of shown commands and of the installed package have configurations of their own.
      {
        test: {
          ...settings,
          name: 'ionsieve',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/aws/**',
            'test/browser/**',
            'test/cdk/**',
            'test/docs/run-commands.test.ts',
            'test/faults/**',
            'test/package/*.test.ts',
          ],
        },
      },
      { test: { ...settings, name: 'cdk', include: ['test/cdk/**/*.test.ts'] } }, // loading the library takes seconds
    ],
  },
});
