import { filter, map } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';

import type { Commit } from '../../src/index.js';
import type { Forms } from './conformance.js';
import { forms, search } from './search.js';
import { soak } from './soak.js';

vi.setConfig({ testTimeout: 120_000 });

/** Forms that lose each commit for which the predicate is false. */
function losing(isKept: (commit: Commit) => boolean): Forms {
  return {
    ...forms,
    whole: (options, onDrop) => (source) => source.pipe(forms.whole(options, onDrop), filter(isKept)),
  };
}

const losingEvictions = losing((commit) => commit.type !== 'close' || commit.reason !== 'evicted');

/** Forms that cut the first character of each line from the third on. */
const cuttingLines: Forms = {
  ...forms,
  whole: (options, onDrop) => (source) =>
    source.pipe(
      forms.whole(options, onDrop),
      map((commit) =>
        commit.type === 'line' && commit.index >= 2 ? { ...commit, text: commit.text.slice(1) } : commit,
      ),
    ),
};

/** Runs the search with these arguments and a clock that advances by a minute at each reading. */
function run(ofForms: Forms, ...args: string[]) {
  let minutes = 0;
  let output = '';
  const code = soak(ofForms, args, {
    now: () => minutes++ * 60_000,
    write: (text) => {
      output += text;
    },
    seed: 42,
    runsPerBatch: 100,
  });
  return { code, output };
}

describe('the search for failures', () => {
  it.each([
    ['a missing close', losingEvictions],
    ['a wrong text', cuttingLines],
  ])('finds %s, and reproduces the finding from its seed and path', (_, broken) => {
    const finding = search(broken, { seed: 7, numRuns: 1_000 });
    const again = search(broken, { seed: 7, path: finding?.path, numRuns: 1_000 });
    expect(finding?.story).toContain('where this is expected');
    expect(again).toStrictEqual(finding);
  });

  it('shrinks the failure to the minimum', () => {
    const finding = search(losingEvictions, { seed: 7, numRuns: 1_000 });
    expect(finding?.scenario).toMatchObject({ options: { maxStreams: 1 }, reactions: [] });
    expect(finding?.scenario.commands).toHaveLength(2);
  });

  it('finds nothing in the same run with a correct operator', () => {
    const finding = search(losingEvictions, { seed: 7, numRuns: 1_000 });
    expect(search(forms, { seed: 7, path: finding?.path, numRuns: 1_000 })).toBeUndefined();
  });
});

describe('npm run soak', () => {
  it('prints a command that reproduces the failure', () => {
    const failed = run(losingEvictions, '--seed', '7');
    const [, command = ''] = /npm run soak -- (.*)\n$/.exec(failed.output) ?? [];
    const again = run(losingEvictions, ...command.split(' '));
    expect(failed.code).toBe(1);
    expect(again).toStrictEqual(failed);
  });

  it('reports that a fixed failure passes', () => {
    const failed = run(losingEvictions, '--seed', '7');
    const [, command = ''] = /npm run soak -- (.*)\n$/.exec(failed.output) ?? [];
    const { code, output } = run(forms, ...command.split(' '));
    expect(output).toMatch(/^seed 7, path [\d:]+: passed\n$/);
    expect(code).toBe(0);
  });

  it('continues with new seeds until the time is up', () => {
    const { code, output } = run(forms, '--minutes', '2');
    expect(output).toBe('seed 42: 100 runs passed\nseed 43: 100 runs passed\n');
    expect(code).toBe(0);
  });

  it('begins with the given seed', () => {
    expect(run(forms, '--minutes', '0', '--seed', '8').output).toBe('seed 8: 100 runs passed\n');
  });

  it.each([
    [['--minutes', 'many'], '--minutes is many, but must be a number from 0'],
    [['--minutes', '-1'], "Option '--minutes' argument is ambiguous."],
    [['--seed', '1.5'], '--seed is 1.5, but must be a whole number of at most 31 bits'],
    [['--seed', '7', '--path', 'x'], '--path is x, but must be numbers with colons in between'],
    [['--path', '1:2'], '--path needs the --seed that it belongs to'],
    [['--hours', '2'], "Unknown option '--hours'"],
  ])('refuses %j', (args, message) => {
    const { code, output } = run(forms, ...args);
    expect(output).toContain(message);
    expect(output).toContain('Usage: npm run soak');
    expect(code).toBe(2);
  });

  it('prints its usage with --help', () => {
    const { code, output } = run(forms, '--help');
    expect(output).toMatch(/^Usage: npm run soak/);
    expect(code).toBe(0);
  });
});
