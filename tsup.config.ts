import { rmSync } from 'node:fs';
import { defineConfig } from 'tsup';

// Here and not as `clean`: the two builds run side by side, and neither may remove what the other wrote.
rmSync('dist', { recursive: true, force: true });

export default defineConfig([
  {
    entry: {
      index: 'src/index.ts',
      protocols: 'src/protocols/index.ts',
      json: 'src/json/index.ts',
      log: 'src/log/index.ts',
      markdown: 'src/markdown/index.ts',
      testing: 'src/testing/index.ts',
    },
    tsconfig: 'tsconfig.lib.json',
    format: ['esm', 'cjs'],
    platform: 'neutral',
    target: 'es2022',
    splitting: true,
    dts: true,
  },
  {
    entry: { cli: 'src/cli/index.ts' },
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: '#!/usr/bin/env node' },
    esbuildPlugins: [
      {
        name: 'the command uses the library as it is shipped',
        setup(build) {
          build.onResolve(
            { filter: /^(\.\.\/)+((protocols|json|markdown|testing)\/)?index\.js$/ },
            ({ path }) => ({
              path: `./${/(\w+)\/index\.js$/.exec(path)?.[1] ?? 'index'}.js`,
              external: true,
            }),
          );
        },
      },
    ],
  },
]);
