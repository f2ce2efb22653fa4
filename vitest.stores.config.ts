import { defineConfig, mergeConfig } from 'vitest/config';

import specs from './vitest.config.js';

// The specs of the stores start servers: redis-server and nats-server have to be on the PATH.
export default mergeConfig(
  { resolve: specs.resolve ?? {} },
  defineConfig({
    test: {
      include: ['spec/stores/**/*-spec.ts'],
      allowOnly: false,
      reporters: ['default', ['json', { outputFile: 'reports/stores.json' }]],
      testTimeout: 300_000,
      hookTimeout: 60_000,
      // Each file has servers of its own.
      maxWorkers: 2,
    },
  }),
);
