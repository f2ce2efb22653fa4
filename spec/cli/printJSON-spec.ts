import { PassThrough } from 'node:stream';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Output } from '../../src/cli/output.js';
import { printJSON } from '../../src/cli/printJSON.js';
import { type Commit, escapeControls } from '../../src/index.js';
import { textWithControls } from '../support/controls.js';

const stream = { kind: 'answer', id: 'a', generation: 0, order: [1, 2] };

function print(commit: Commit): string {
  const target = new PassThrough({ encoding: 'utf8' });
  const output = new Output(target);
  printJSON(output)(commit);
  output.send();
  return String(target.read());
}

function printLine(text: string): string {
  return print({ type: 'line', stream, index: 0, text, eol: '' });
}

function deep(levels: number): unknown {
  return levels === 0 ? null : JSON.parse('['.repeat(levels) + ']'.repeat(levels));
}

describe('printJSON', () => {
  it('prints a commit as a line', () => {
    const commit: Commit = { type: 'line', stream, index: 3, text: 'a\nb', eol: '\r\n' };
    expect(print(commit)).toBe(
      '{"type":"line","stream":{"kind":"answer","id":"a","generation":0,"order":[1,2]},"index":3,"text":"a\\nb","eol":"\\r\\n"}\n',
    );
  });

  it('escapes control characters as JSON does', () => {
    const json = printLine('a\u001b\u007f\u009b\u2028\u202e\ufeff\ud83d🙂\t│');
    expect(json).toContain('"a\\u001b\\u007f\\u009b\\u2028\\u202e\\ufeff\\ud83d🙂\\t│"');
  });

  it('escapes a character outside the basic multilingual plane as a surrogate pair', () => {
    expect(printLine('\u{e0041}')).toContain('"\\udb40\\udc41"');
  });

  it('keeps an emoji sequence when another character is escaped', () => {
    expect(printLine('👩‍🚀\u009b\u001b')).toContain('"👩‍🚀\\u009b\\u001b"');
  });

  it('prints no control characters, and keeps the value of any text', () => {
    fc.assert(
      fc.property(textWithControls, (text) => {
        const json = printLine(text).replace(/\n$/, '');
        expect(JSON.parse(json)).toMatchObject({ text });
        expect(escapeControls(json)).toBe(json);
      }),
    );
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
