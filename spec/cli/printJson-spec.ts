import { PassThrough } from 'node:stream';

import { describe, expect, it } from 'vitest';

import { Output } from '../../src/cli/output.js';
import { printJson } from '../../src/cli/printJson.js';
import type { Commit } from '../../src/index.js';

const stream = { kind: 'answer', id: 'a', generation: 0, order: [1, 2] };

function print(commit: Commit): string {
  const target = new PassThrough({ encoding: 'utf8' });
  const output = new Output(target);
  printJson(output)(commit);
  output.send();
  return String(target.read());
}

function deep(levels: number): unknown {
  return levels === 0 ? null : JSON.parse('['.repeat(levels) + ']'.repeat(levels));
}

describe('printJson', () => {
  it('prints a commit as a line', () => {
    const commit: Commit = { type: 'line', stream, index: 3, text: 'a\nb', eol: '\r\n' };
    expect(print(commit)).toBe(
      '{"type":"line","stream":{"kind":"answer","id":"a","generation":0,"order":[1,2]},"index":3,"text":"a\\nb","eol":"\\r\\n"}\n',
    );
  });

  it('escapes what a terminal obeys', () => {
    const json = print({ type: 'line', stream, index: 0, text: '\u009b\u007f\u202e\u2028', eol: '' });
    expect(json).toContain('"\\u009b\\u007f\\u202e\\u2028"');
  });

  it.each([
    { name: 'an Error', error: new TypeError('no'), printed: { name: 'TypeError', message: 'no' } },
    {
      name: 'an Error inside',
      error: { cause: new Error('no') },
      printed: { cause: { name: 'Error', message: 'no' } },
    },
    { name: 'a text', error: 'no', printed: 'no' },
    { name: 'a BigInt', error: 1n, printed: '[object BigInt]' },
    { name: 'nothing', error: undefined, printed: undefined },
  ])('prints $name that closed a stream', ({ error, printed }) => {
    const commit: Commit = { type: 'close', stream, reason: 'error', lines: 0, error };
    expect(JSON.parse(print(commit))).toStrictEqual(
      printed === undefined
        ? { type: 'close', stream, reason: 'error', lines: 0 }
        : { type: 'close', stream, reason: 'error', lines: 0, error: printed },
    );
  });

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;

  it.each([
    { name: 'circular', event: circular, printed: '[object Object]' },
    { name: 'too deep', event: deep(100_000), printed: '[object Array]' },
  ])('prints a line for an event that is $name', ({ event, printed }) => {
    expect(JSON.parse(print({ type: 'drop', reason: 'malformed', event }))).toStrictEqual({
      type: 'drop',
      reason: 'malformed',
      event: printed,
    });
  });
});
