import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/docs/run-commands.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    bail: 1, // what follows on a page needs what comes before
  },
});
