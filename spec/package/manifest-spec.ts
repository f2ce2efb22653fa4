import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import manifest from '../../package.json' with { type: 'json' };

/** Scripts that npm runs when a package is installed, from the registry or from a repository. */
const INSTALL_SCRIPTS = [
  'preinstall',
  'install',
  'postinstall',
  'prepublish',
  'preprepare',
  'prepare',
  'postprepare',
  'dependencies',
];

describe('the manifest', () => {
  it.each(INSTALL_SCRIPTS)('has no script that npm runs when the package is installed: %s', (script) => {
    expect(manifest.scripts).not.toHaveProperty(script);
  });

  it('publishes publicly, with provenance', () => {
    expect(manifest.publishConfig).toStrictEqual({ access: 'public', provenance: true });
  });

  it('declares that no module has side effects', () => {
    expect(manifest.sideEffects).toBe(false);
  });

  it('names the licence of the LICENSE file', () => {
    const text = readFileSync(new URL('../../LICENSE', import.meta.url), 'utf8');
    expect(text.split(' License', 1)).toStrictEqual([manifest.license]);
  });

  it('has RxJS as a peer dependency, and the clients of the stores as optional ones', () => {
    expect(manifest.peerDependencies).toStrictEqual({
      '@nats-io/jetstream': '^3.4.0',
      redis: '^5.0.0 || ^6.0.0',
      rxjs: '^7.8.0',
    });
    expect(manifest.peerDependenciesMeta).toStrictEqual({
      '@nats-io/jetstream': { optional: true },
      redis: { optional: true },
    });
    expect(manifest.dependencies).not.toHaveProperty('rxjs');
  });
});
