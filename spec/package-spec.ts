import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { describe, expect, it } from 'vitest';

const dist = new URL('../dist/', import.meta.url);

/** The packages that a file of the build needs, by itself or through files beside it. */
function packagesOf(file: string, seen = new Set<string>()): ReadonlySet<string> {
  const packages = new Set<string>();
  if (!seen.has(file)) {
    seen.add(file);
    const code = readFileSync(new URL(file, dist), 'utf8');
    for (const [, name = ''] of code.matchAll(/(?:\bfrom\s*|\bimport\s*|\brequire\()["']([^"']+)["']/g)) {
      const found = name.startsWith('./') ? packagesOf(name.slice(2), seen) : [name];
      found.forEach((each) => packages.add(each));
    }
  }
  return packages;
}

describe('the package', () => {
  it.each([
    { file: 'index.js', packages: ['rxjs'] },
    { file: 'index.cjs', packages: ['rxjs'] },
    { file: 'protocols.js', packages: ['eventsource-parser', 'rxjs'] },
    { file: 'protocols.cjs', packages: ['eventsource-parser', 'rxjs'] },
    { file: 'json.js', packages: ['rxjs'] },
    { file: 'json.cjs', packages: ['rxjs'] },
    { file: 'log.js', packages: ['eventsource-parser', 'rxjs'] },
    { file: 'log.cjs', packages: ['@nats-io/jetstream', 'eventsource-parser', 'rxjs'] },
    { file: 'markdown.js', packages: ['rxjs'] },
    { file: 'markdown.cjs', packages: ['rxjs'] },
    { file: 'testing.js', packages: ['rxjs'] },
    { file: 'testing.cjs', packages: ['rxjs'] },
  ])('needs $packages for $file', ({ file, packages }) => {
    expect([...packagesOf(file)].sort()).toStrictEqual(packages);
  });

  it.each(['index', 'protocols', 'json', 'log', 'markdown', 'testing'])(
    'gives the same to import and to require: %s',
    async (entry) => {
      const imported = (await import(new URL(`${entry}.js`, dist).href)) as object;
      const required = createRequire(import.meta.url)(`../dist/${entry}.cjs`) as object;
      expect(Object.keys(imported).length).toBeGreaterThan(0);
      expect(Object.keys(required).sort()).toStrictEqual(Object.keys(imported).sort());
    },
  );

  it('has these operators', async () => {
    const names = Object.keys((await import(new URL('index.js', dist).href)) as object);
    expect(names).toEqual(
      expect.arrayContaining([
        'commitLines',
        'groupStreams',
        'scanLines',
        'resequence',
        'orderStreams',
        'scanTranscript',
        'paceLines',
      ]),
    );
  });
});
