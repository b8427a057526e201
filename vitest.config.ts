import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/**/*.test.ts'], exclude: ['test/aws/**'], testTimeout: 60_000 }, // those need an account
});
