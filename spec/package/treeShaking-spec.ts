import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';

import limits from '../../.size-limit.json' with { type: 'json' };
import manifest from '../../package.json' with { type: 'json' };

const dist = new URL('../../dist/', import.meta.url);
// Outside the package, because its manifest would tell a bundler that no module has side effects.
const folder = mkdtempSync(join(tmpdir(), 'deltalines-'));
cpSync(fileURLToPath(dist), folder, { recursive: true });

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const entries = Object.values(manifest.exports).flatMap((entry) =>
  typeof entry === 'string' ? [] : [entry.import.default.replace('./dist/', '')],
);

describe('unused code', () => {
  it.each(['index.js', 'protocols.js', 'json.js', 'testing.js'])(
    'is removed by a bundler, because modules have no side effects: %s',
    async (entry) => {
      const { outputFiles } = await build({
        stdin: { contents: `import './${entry}';`, resolveDir: folder },
        bundle: true,
        format: 'esm',
        external: ['rxjs', 'eventsource-parser'],
        logLevel: 'silent',
        write: false,
      });
      const rest = outputFiles.map(({ text }) => text).join('\n');
      expect(rest.replace(/^import [^;]*;$/gm, '')).not.toMatch(/[({]/);
    },
  );
});

describe('the size limits', () => {
  it('exist for each single export', async () => {
    const exported = await Promise.all(
      entries.map(async (entry) => {
        const names = Object.keys((await import(new URL(entry, dist).href)) as object);
        return names.map((name) => ({ path: `dist/${entry}`, import: `{ ${name} }` }));
      }),
    );
    expect(exported.flat().length).toBeGreaterThan(0);
    expect(new Set(limits.map(({ path, import: names }) => `${path} ${names}`))).toStrictEqual(
      new Set(exported.flat().map(({ path, import: names }) => `${path} ${names}`)),
    );
  });
});
