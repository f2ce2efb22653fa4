import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['spec/**/*-spec.tsx'], allowOnly: false, testTimeout: 30_000 },
});
