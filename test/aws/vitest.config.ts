import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/aws/*.test.ts'],
    exclude: process.env.IONSIEVE_FULL_SIZE ? [] : ['test/aws/full-size.test.ts'], // minutes of training
    globalSetup: ['test/aws/global-setup.ts'],
    fileParallelism: false, // each file starts an account of its own, and the functions want the cores
    testTimeout: process.env.IONSIEVE_FULL_SIZE ? 7_200_000 : 600_000, // the machine may be busy
    hookTimeout: 300_000,
  },
});
