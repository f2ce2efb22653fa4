import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Processes and browsers need their time to start.
  test: { include: ['spec/**/*-spec.ts'], allowOnly: false, testTimeout: 180_000, fileParallelism: false },
});
