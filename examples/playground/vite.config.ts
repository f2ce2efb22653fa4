import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The page works in any folder of a server.
  base: './',
  build: { target: 'es2022' },
  // The recordings are read where they are, beside this folder.
  server: { fs: { allow: [fileURLToPath(new URL('..', import.meta.url))] } },
  test: {
    include: ['spec/**/*-spec.ts', 'browser/**/*-spec.ts'],
    allowOnly: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
