import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

import { build } from 'esbuild';

import type { Contender } from '../contender.js';

/** The kilobytes that one operator adds to a page that has rxjs. */
export default function bundleSize({ operator }: { readonly operator: string }): Contender {
  return {
    isAsync: true,
    run: async () => {
      const { outputFiles } = await build({
        stdin: {
          contents: `export { ${operator} } from './index.js';`,
          resolveDir: fileURLToPath(new URL('../../dist', import.meta.url)),
        },
        bundle: true,
        external: ['rxjs'],
        format: 'esm',
        minify: true,
        write: false,
      });
      const bytes = outputFiles.reduce((sum, { contents }) => sum + brotliCompressSync(contents).length, 0);
      return { size: bytes / 1000 };
    },
  };
}
