import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import manifest from '../../package.json' with { type: 'json' };

interface PackedFile {
  readonly path: string;
  readonly mode: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

const [packed] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  }),
) as [{ readonly files: readonly PackedFile[]; readonly unpackedSize: number }];
const paths = packed.files.map(({ path }) => path);

/** Code that entries share is in separate files, whose names end with a hash. */
const SHARED = /^dist\/\w+-[\w-]{8}\.(?:c?js|d\.c?ts)$/;

/** All paths that the manifest refers to. */
const pathsOfManifest = JSON.stringify([
  manifest.main,
  manifest.module,
  manifest.types,
  manifest.bin,
  Object.values(manifest.exports),
  manifest.typesVersions,
])
  .split('"')
  .filter((value) => value.startsWith('./'))
  .map((path) => path.slice('./'.length));

describe('the published package', () => {
  it('contains the entries, their shared files, the command, the manifest, the README and the licence', () => {
    const entries = ['index', 'json', 'log', 'markdown', 'protocols', 'testing'].flatMap((entry) =>
      ['js', 'cjs', 'd.ts', 'd.cts'].map((extension) => `dist/${entry}.${extension}`),
    );
    expect(paths.filter((path) => !SHARED.test(path)).sort()).toStrictEqual(
      ['LICENSE', 'README.md', 'dist/cli.js', 'package.json', ...entries].sort(),
    );
  });

  it('contains no shared file that is unused', () => {
    const code = paths
      .filter((path) => path.startsWith('dist/'))
      .map((path) => readFileSync(root + path, 'utf8'));
    for (const shared of paths.filter((path) => SHARED.test(path))) {
      const name = shared.replace(/^dist/, '.').replace(/\.d\.(c?)ts$/, '.$1js');
      expect(
        code.some((text) => text.includes(name)),
        shared,
      ).toBe(true);
    }
  });

  it('contains all files that the manifest refers to', () => {
    expect(pathsOfManifest).not.toHaveLength(0);
    expect(paths).toEqual(expect.arrayContaining(pathsOfManifest));
  });

  it('refers to no source map, because it contains none', () => {
    for (const path of paths.filter((each) => each.startsWith('dist/'))) {
      expect(readFileSync(root + path, 'utf8'), path).not.toContain('sourceMappingURL');
    }
  });

  it('contains an executable command', () => {
    const command = packed.files.find(({ path }) => path === 'dist/cli.js');
    expect((command?.mode ?? 0) & 0o111).toBe(0o111);
    expect(readFileSync(`${root}dist/cli.js`, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});
