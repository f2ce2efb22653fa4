import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { examples } from '../../docs/live/examples.js';
import { type Field, type FieldValues, initialValues } from '../../docs/live/fields.js';
import { runExample } from '../../docs/live/runExample.js';
import { filesIn, root } from '../../scripts/codeBlocks.js';

const names = Object.keys(examples);

function run(name: string, changed: FieldValues = {}, input?: string) {
  const { input: initial = '', fields = [] } = examples[name] ?? {};
  return runExample(name, input ?? initial, { ...initialValues(fields), ...changed });
}

/** The output, a row a line. */
function output(...parameters: Parameters<typeof run>): readonly string[] {
  return run(...parameters).results.map(({ time, type, stream, value }) =>
    [time, type, stream, value].filter((cell) => cell !== '').join(' '),
  );
}

describe('the live examples', () => {
  it('are on the pages of their operators, each once', () => {
    const used = filesIn('docs', '.md').flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/<LiveExample of="(\w+)" \/>/g)].map(
        ([, name]) => [file, name] as const,
      ),
    );
    expect(used.map(([, name]) => name).sort()).toStrictEqual([...names].sort());
    expect(used.filter(([file, name]) => !file.endsWith(`${name ?? ''}.md`))).toStrictEqual([]);
  });

  it.each(names)('name their operator in the code: %s', (name) => {
    expect(run(name).code).toContain(`${name}(`);
  });
});

const fields = names.flatMap((name) =>
  (examples[name]?.fields ?? []).map((field) => ({ name, option: field.name, field })),
);
const ofType = (type: Field['type']) => fields.filter(({ field }) => field.type === type);

describe('the options of the live examples', () => {
  it.each(ofType('number'))('$option of $name reaches the operator, which checks it', ({ name, option }) => {
    expect(() => run(name, { [option]: '0.5x' })).toThrow(option.replace(/^\w+\./, ''));
  });

  it.each(ofType('flag'))('$option of $name is in the code when it is changed', ({ name, option, field }) => {
    const isOn = field.type === 'flag' && field.default === 'on';
    expect(run(name, { [option]: isOn ? '' : 'on' }).code).toContain(`${option}: ${String(!isOn)}`);
    expect(run(name, { [option]: isOn ? 'on' : '' }).code).not.toContain(`${option}: `);
  });

  it.each(ofType('choice'))('$option of $name is in the code when it is changed', ({ name, field }) => {
    const [, ...others] = field.type === 'choice' ? field.choices : [];
    for (const other of others) {
      expect(run(name, { [field.name]: other }).code).toContain(other);
    }
  });
});

describe('the output', () => {
  it('of commitLines is its commits', () => {
    expect(output('commitLines')).toStrictEqual([
      '0 open 2',
      '0 open 1',
      String.raw`0 line 1 0  "hello\n"`,
      '0 line 1 1  "again"',
      '0 close 1 end, 2 lines',
      '0 drop 1 late: delta "too late"',
      '0 line 2 0  "world"',
      '0 close 2 complete, 1 line',
    ]);
  });

  it('has the time at which each result was emitted', () => {
    expect(
      output('commitLines', { idleTimeout: '100' }, '1: "a"\nwait 1000\n1: "b"\n1: error "gone"'),
    ).toStrictEqual([
      '0 open 1',
      '100 line 1 0  "a"',
      '100 close 1 idle, 1 line',
      '1000 open 1, generation 1',
      '1000 line 1, generation 1 0  "b"',
      '1000 close 1, generation 1 error: gone, 1 line',
    ]);
  });

  it.each([
    ['', ['open 1', 'line 1 0  "hello"', 'close 1', 'open 2', 'line 2 0  "world"', 'close 2']],
    ['mergeMap', ['open 1', 'open 2', 'line 1 0  "hello"', 'close 1', 'line 2 0  "world"', 'close 2']],
  ])('of groupStreams depends on what follows: %s', (flatten, expected) => {
    expect(
      output('groupStreams', flatten === '' ? {} : { flatten }).map((row) =>
        row
          .slice(2)
          .replace(/,? ?(end|complete), \d line$/, '')
          .trim(),
      ),
    ).toStrictEqual(expected);
  });

  it('of scanLines has the events of other streams as drops, and withdraws lines', () => {
    expect(output('scanLines')).toStrictEqual([
      '0 open 1',
      String.raw`0 line 1 0  "one\n"`,
      String.raw`0 line 1 1  "two\n"`,
      '0 drop 2 foreign: delta "another stream"',
      '0 revise 1 from 2',
      '0 line 1 2  "four"',
      '0 close 1 end, 3 lines',
    ]);
  });

  it('of resequence has the calls of its callbacks', () => {
    expect(output('resequence')).toStrictEqual([
      '0 value 0 "zero"',
      '0 value 1 "one"',
      '0 value 2 "two"',
      '0 onDrop 1 repeat',
      '200 onGap 3 to 3',
      '200 value 4 "four"',
      '500 onDrop 3 late',
    ]);
  });

  it.each(['resequence', 'joinReplay'])('of %s is an error when a value has no number', (name) => {
    expect(output(name, {}, 'live a: "x"')).toStrictEqual([
      '0 error SyntaxError: Each line must be a number and a text, like 3: "three", but one has a: delta',
    ]);
  });

  it('of joinReplay is the history, and then what is live', () => {
    expect(output('joinReplay')).toStrictEqual([
      '0 value 1 "one"',
      '100 value 2 "two"',
      '100 value 4 "four"',
      '100 value 5 "five"',
      '200 value 7 "seven"',
    ]);
    expect(output('joinReplay', {}, 'history 1: "a"\nlive 4: "d"')).toContain('0 onGap 2 to 3');
  });

  it.each([
    ['sequential', [1, 2, 3]],
    ['grouped', [3, 1, 2]],
  ])('of orderStreams has the streams in turn: %s', (strategy, expected) => {
    const opened = run('orderStreams', { strategy }).results.filter(({ type }) => type === 'open');
    expect(opened.map(({ stream }) => Number(stream))).toStrictEqual(expected);
  });

  it.each([
    [{}, [0, 50, 100, 150, 1000]],
    [{ interval: '20' }, [0, 20, 40, 60, 1000]],
    [{ policy: 'fixedPace(2)' }, [0, 50, 50, 100, 1000]],
  ])('of paceLines with %o has the lines at these times', (values, expected) => {
    const shown = run('paceLines', values).results.filter(({ type }) => type === 'line');
    expect(shown.map(({ time }) => time)).toStrictEqual(expected);
  });

  it('of scanTranscript is the transcripts, a cell a line', () => {
    expect(output('scanTranscript').at(-3)).toBe(
      '100 transcript 1 open ["hello", tail "wor"]\n2 open ["goodbye"]',
    );
    expect(output('scanTranscript').at(-1)).toBe(
      '100 transcript 1 error ["hello", "wor"]\n2 complete ["goodbye"]',
    );
  });

  it('of observeCommits has what the observer is told', () => {
    expect(output('observeCommits').filter((row) => row.includes('observer'))).toStrictEqual([
      '200 observer.close 1 lines 2, characters 11, first text after 100 ms, first line after 200 ms',
      '200 observer.finalize streams 1, late events 1',
    ]);
  });

  it('of commitBlocks is blocks and drafts', () => {
    expect(output('commitBlocks', { draft: 'on' }).slice(1, 4)).toStrictEqual([
      String.raw`0 block 1 0  heading  "# Plan\n"`,
      String.raw`0 draft 1 1  list  "- one\n"`,
      String.raw`0 draft 1 1  list  "- one\n- t"`,
    ]);
    expect(output('commitBlocks').at(-1)).toBe('0 close 1 complete, 3 blocks');
  });

  it('of scanBlocks is the transcripts of blocks', () => {
    expect(output('scanBlocks').at(-2)).toBe(
      String.raw`0 transcript 1 complete [heading "# Title\n", list "- one\n- two\n", paragraph "The end"]` +
        '\n2 open [paragraph "Another answer"]',
    );
  });

  it('of splitJSON is delta events', () => {
    expect(output('splitJSON')).toStrictEqual([
      '0 start tool 1#/path',
      '0 delta tool 1#/path "a.txt"',
      '0 end tool 1#/path',
      '0 start tool 1#/content',
      String.raw`0 delta tool 1#/content "one\ntw"`,
      '0 delta tool 1#/content "o"',
      '0 end tool 1#/content',
      '0 delta 2 "an answer"',
    ]);
  });

  it('of scanJSON is values with their pointers, and a close with the whole value or an error', () => {
    expect(output('scanJSON').slice(1)).toStrictEqual([
      '0 value 1 /items/0  {"name":"a"}',
      '0 value 1 /items/1  {"name":"b"}',
      '0 value 1 /items/2  7',
      '0 close 1 end, {"items":[{"name":"a"},{"name":"b"},7]}',
    ]);
    expect(output('scanJSON', { pointers: '' }, '1: `[1`\n1: end').at(-1)).toMatch(/^0 close 1 end: .+/);
  });

  it('is bounded', () => {
    const input = Array.from({ length: 150 }, (_, id) => `${id}: start`).join('\n');
    const { results, omitted } = run('commitLines', {}, input);
    expect([results.length, omitted]).toStrictEqual([200, 100]);
  });
});
