import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['spec/**/*-spec.ts'], allowOnly: false, testTimeout: 30_000 },
});
