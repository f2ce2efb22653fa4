import { defineConfig } from 'vitest/config';

import base from './vitest.config.js';

/**
 * The specs that run for each mutant: those of the mutated folders and of the entries that are thin over them. Properties
 * are tried less often, because a mutant that they detect is usually detected at once, and they run some thousand times.
 */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['spec/{core,json,log,markdown,operators,pace,rx}/**/*-spec.ts'],
    // They take seconds, for each mutant that they reach.
    exclude: ['spec/json/{linear,memory}-spec.ts', 'spec/log/faults-spec.ts'],
    setupFiles: 'spec/support/fewerRuns.ts',
    reporters: 'default',
    testTimeout: 5000,
  },
});
