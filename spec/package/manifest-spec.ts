import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import manifest from '../../package.json' with { type: 'json' };

/** What npm runs of its own accord when a package is installed, or unpacked from a repository. */
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

  it('publishes for everyone, with provenance', () => {
    expect(manifest.publishConfig).toStrictEqual({ access: 'public', provenance: true });
  });

  it('says that no module does anything when it is only imported', () => {
    expect(manifest.sideEffects).toBe(false);
  });

  it('names a licence whose text is there', () => {
    const text = readFileSync(new URL('../../LICENSE', import.meta.url), 'utf8');
    expect(text.split(' License', 1)).toStrictEqual([manifest.license]);
  });

  it('takes RxJS from its user, and the clients of the stores from those who use them', () => {
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
