import { defineConfig } from 'vitest/config';

import base from './vitest.config.js';

/**
 * What runs for each mutant of src/core and src/operators: the specs of these folders. Properties are tried less often,
 * because a mutant that they find is mostly found at once, and they run some thousand times.
 */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['spec/core/*-spec.ts', 'spec/operators/*-spec.ts'],
    setupFiles: 'spec/support/fewerRuns.ts',
    reporters: 'default',
    testTimeout: 60_000,
  },
});
