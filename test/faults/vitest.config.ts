import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/faults/*.test.ts'],
    maxWorkers: '100%', // by default one processor is left idle, which is half of two
    pool: 'forks',
    execArgv: ['--max-old-space-size=1536'], // what takes more memory fails
    testTimeout: 900_000,
    hookTimeout: 120_000,
  },
});
