import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import lock from '../../package-lock.json' with { type: 'json' };

/** Licences that require only attribution. */
const ALLOWED = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0'];

interface Manifest {
  readonly name: string;
  readonly license?: unknown;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The folders and manifests of all direct and indirect dependencies. */
function shippedFrom(folder: string, found = new Map<string, Manifest>()): ReadonlyMap<string, Manifest> {
  const { dependencies, peerDependencies, peerDependenciesMeta } = readManifest(folder);
  const names = Object.keys({ ...dependencies, ...peerDependencies });
  for (const name of names.filter((each) => peerDependenciesMeta?.[each]?.optional !== true)) {
    const dependency = installed(name, folder);
    if (!found.has(dependency)) {
      found.set(dependency, readManifest(dependency));
      shippedFrom(dependency, found);
    }
  }
  return found;
}

/** The folder to which the name of a package resolves in this folder. */
function installed(name: string, folder: string): string {
  const candidate = join(folder, 'node_modules', name);
  const parent = dirname(folder);
  return existsSync(candidate) || parent === folder ? candidate : installed(name, parent);
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

const shipped = [...shippedFrom(root).values()].sort((a, b) => a.name.localeCompare(b.name));

describe('the installed dependencies', () => {
  it('are exactly these packages', () => {
    expect(shipped.map(({ name }) => name)).toStrictEqual([
      'ansi-regex',
      'commander',
      'eventsource-parser',
      'get-east-asian-width',
      'rxjs',
      'string-width',
      'strip-ansi',
      'tslib',
    ]);
  });

  it.each(shipped)('have a permissive licence: $name', ({ license }) => {
    expect(ALLOWED).toContain(license);
  });

  it.each(shipped)('have no install script: $name', ({ scripts = {} }) => {
    expect(Object.keys(scripts)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(pre|post)?install$/)]),
    );
  });
});

describe('the lock file', () => {
  it('has the hash of every package, and no URL', () => {
    const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
    expect(packages.length).toBeGreaterThan(0);
    for (const [path, entry] of packages) {
      expect(entry, path).toHaveProperty('integrity', expect.stringMatching(/^sha512-/));
      expect(entry, path).not.toHaveProperty('resolved');
    }
  });
});
