import { defineConfig } from 'vitest/config';

import base from './vitest.config.js';

/**
 * The specs that run for each mutant: those of the mutated folders. Properties are tried less often, because a mutant that
 * they detect is usually detected at once, and they run some thousand times.
 */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['spec/{core,operators,pace,rx}/**/*-spec.ts'],
    setupFiles: 'spec/support/fewerRuns.ts',
    reporters: 'default',
    testTimeout: 60_000,
  },
});
