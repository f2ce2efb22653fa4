import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import manifest from '../../package.json' with { type: 'json' };

const github = new URL('../../.github/', import.meta.url);

const workflows = readdirSync(new URL('workflows/', github)).map((file) => ({
  file,
  text: readFileSync(new URL(`workflows/${file}`, github), 'utf8'),
}));

/** The jobs of a workflow: what is indented by two spaces under `jobs`. */
function jobsOf(text: string): readonly { readonly name: string; readonly text: string }[] {
  return text
    .slice(text.indexOf('\njobs:\n') + '\njobs:\n'.length)
    .split(/^(?= {2}[\w-]+:$)/m)
    .flatMap((job) => {
      const name = /^ {2}([\w-]+):$/m.exec(job)?.[1];
      return name === undefined ? [] : [{ name, text: job }];
    });
}

/** The lines of a block such as `permissions`, without indentation. */
function blockOf(text: string, name: string): readonly string[] {
  const block = new RegExp(`^( *)${name}:(.*)\\n((?:\\1 +.*\\n)*)`, 'm').exec(text);
  return block === null
    ? []
    : [block[2] ?? '', ...(block[3] ?? '').split('\n')].map((line) => line.trim()).filter(Boolean);
}

const jobs = workflows.flatMap(({ file, text }) => jobsOf(text).map((job) => ({ file, ...job })));

describe('the workflows', () => {
  it('are ci.yml and release.yml', () => {
    expect(workflows.map(({ file }) => file).sort()).toStrictEqual(['ci.yml', 'release.yml']);
  });

  it.each(workflows)('pin each action to a commit: $file', ({ text }) => {
    const uses = text.split('\n').filter((line) => /\buses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) {
      expect(line).toMatch(/^ +(?:- )?uses: actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it.each([
    { file: 'ci.yml', permissions: ['contents: read'] },
    { file: 'release.yml', permissions: ['{}'] },
  ])('have these default permissions: $file', ({ file, permissions }) => {
    const text = workflows.find((workflow) => workflow.file === file)?.text ?? '';
    expect(blockOf(text.slice(0, text.indexOf('\njobs:\n') + 1), 'permissions')).toStrictEqual(permissions);
  });

  it('give other permissions to these jobs only', () => {
    const granted = jobs.flatMap(({ file, name, text }) => {
      const permissions = blockOf(text, 'permissions');
      return permissions.length === 0 ? [] : [[`${file} ${name}`, ...permissions]];
    });
    expect(granted).toStrictEqual([
      ['release.yml plan', 'contents: read'],
      ['release.yml version', 'contents: write', 'pull-requests: write'],
      ['release.yml publish', 'contents: read', 'id-token: write'],
      ['release.yml tag', 'contents: write'],
    ]);
  });

  it('do not store credentials in a checkout', () => {
    const checkouts = workflows.flatMap(({ text }) =>
      text.split('- uses: ').filter((step) => step.startsWith('actions/checkout@')),
    );
    expect(checkouts.length).toBeGreaterThan(0);
    for (const step of checkouts) {
      expect(step.split('\n      - ', 1)[0]).toContain('persist-credentials: false');
    }
  });

  it('insert no expression into a script', () => {
    const scripts = workflows.flatMap(({ text }) =>
      [...text.matchAll(/\brun: (.*(?:\n {10,}.*)*)/g)].map(([, script]) => script ?? ''),
    );
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.filter((script) => script.includes('${{'))).toStrictEqual([]);
  });

  it('limit the time of each job', () => {
    expect(jobs.filter(({ text }) => !/^ {4}timeout-minutes: \d+$/m.test(text))).toStrictEqual([]);
  });

  it('run only existing scripts, and all of the checks', () => {
    const names = workflows.flatMap(({ text }) =>
      [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name),
    );
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(names));
    expect(names).toEqual(
      expect.arrayContaining(['smoke', 'types', 'audit', 'docs', 'playground:test', 'bench:check']),
    );
  });

  it('test every supported version of Node.js', () => {
    expect(manifest.engines.node).toBe('>=20.12');
    expect(jobs.find(({ name }) => name === 'test')?.text).toContain('node: [20, 22, 24, 26]');
  });
});

describe('the updates', () => {
  it.each(['github-actions', 'npm'])('are proposed for %s', (ecosystem) => {
    const text = readFileSync(new URL('dependabot.yml', github), 'utf8');
    expect(text).toContain(`- package-ecosystem: ${ecosystem}\n`);
  });
});
