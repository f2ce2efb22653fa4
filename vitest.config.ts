import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

const source = (file: string) => fileURLToPath(new URL(`src/${file}`, import.meta.url));

export default defineConfig({
  // The examples of the documentation import the package by its name, as a reader would.
  resolve: {
    alias: [
      { find: /^deltalines$/, replacement: source('index.ts') },
      { find: /^deltalines\/protocols$/, replacement: source('protocols/index.ts') },
      { find: /^deltalines\/json$/, replacement: source('json/index.ts') },
      { find: /^deltalines\/log$/, replacement: source('log/index.ts') },
      { find: /^deltalines\/markdown$/, replacement: source('markdown/index.ts') },
      { find: /^deltalines\/testing$/, replacement: source('testing/index.ts') },
    ],
  },
  test: {
    include: ['spec/**/*-spec.ts'],
    // They need servers: npm run test:stores.
    exclude: ['spec/stores/**'],
    allowOnly: false,
    reporters: ['default', ['json', { outputFile: 'reports/specs.json' }]],
    coverage: {
      include: ['src/**'],
      // The specs run the command in processes of their own, which are not counted here.
      exclude: ['src/cli/**'],
      thresholds: { branches: 98 },
    },
  },
});
