import { PassThrough } from 'node:stream';

import { describe, expect, it } from 'vitest';

import { paintNothing } from '../../src/cli/paintByKind.js';
import { Output } from '../../src/cli/output.js';
import { printText } from '../../src/cli/printText.js';
import { fullIds } from '../../src/cli/shortIds.js';
import type { Commit, LineCommit } from '../../src/index.js';

const a = { kind: 'answer', id: 'a', generation: 0 };
const b = { kind: 'answer', id: 'b', generation: 0 };

function line(stream: typeof a, index: number, text: string, eol: LineCommit['eol']): Commit {
  return { type: 'line', stream, index, text, eol };
}

function print(commits: readonly Commit[], paint = paintNothing): string {
  const stream = new PassThrough({ encoding: 'utf8' });
  const output = new Output(stream);
  commits.forEach(printText(output, paint, fullIds));
  output.send();
  return String(stream.read() ?? '');
}

describe('printText', () => {
  it('prints only lines', () => {
    const commits: Commit[] = [
      { type: 'open', stream: a },
      line(a, 0, 'one', '\n'),
      line(a, 1, '', '\r\n'),
      { type: 'drop', reason: 'malformed', event: null },
      { type: 'close', stream: a, reason: 'end', lines: 2 },
    ];
    expect(print(commits)).toBe('answer a │ one\nanswer a │ \n');
  });

  it('marks the rest of a line that was cut, in its own stream', () => {
    const commits = [
      line(a, 0, 'one, ', ''),
      line(b, 0, 'other', '\n'),
      line(a, 0, 'two, ', ''),
      line(a, 0, 'three', '\n'),
      line(a, 1, 'next', '\n'),
    ];
    expect(print(commits)).toBe(
      'answer a │ one, \nanswer b │ other\nanswer a ┊ two, \nanswer a ┊ three\nanswer a │ next\n',
    );
  });

  it('marks a correction, and begins a new line', () => {
    const commits: Commit[] = [
      line(a, 0, 'wrong', ''),
      { type: 'revise', stream: a, index: 0 },
      line(a, 0, 'right', '\n'),
    ];
    expect(print(commits)).toBe('answer a │ wrong\nanswer a ↺ corrected from line 1 on:\nanswer a │ right\n');
  });

  it.each([
    { error: { message: 'overloaded' }, shown: 'overloaded' },
    { error: { error: { message: 'quota' } }, shown: 'quota' },
    { error: new Error('reset'), shown: 'reset' },
    { error: 'no\u001b[2J', shown: 'no\\x1b[2J' },
    { error: { code: 7 }, shown: '{"code":7}' },
    { error: undefined, shown: 'unknown error' },
  ])('marks a stream that failed with $error', ({ error, shown }) => {
    const commits: Commit[] = [
      line(a, 0, 'one', ''),
      { type: 'close', stream: a, reason: 'error', lines: 1, error },
    ];
    expect(print(commits)).toBe(`answer a │ one\nanswer a ✗ ${shown}\n`);
  });

  it.each(['length', 'max_tokens', 'SAFETY', 'content-filter', '\u001b'])(
    'marks a stream that ended with %j',
    (finishReason) => {
      const close = { type: 'close', stream: a, reason: 'end', lines: 1, finishReason } as const;
      expect(print([close])).toBe(`answer a … [${finishReason.replace('\u001b', '\\x1b')}]\n`);
    },
  );

  it.each(['stop', 'STOP', 'end_turn', 'tool_calls', 'tool-calls', 'completed'])(
    'marks no stream that ended with %j',
    (finishReason) => {
      const close = { type: 'close', stream: a, reason: 'end', lines: 1, finishReason } as const;
      expect(print([close])).toBe('');
    },
  );

  it('escapes control characters in the text, and also tabs and bars in the label', () => {
    const stream = { kind: 'a\tb', id: '\u001b[31m│', generation: 0 };
    expect(print([line(stream, 0, 'a\tb\u001b[0m│', '\n')])).toBe(
      'a\\x09b \\x1b[31m\\u2502 │ a\tb\\x1b[0m│\n',
    );
  });

  it('colors the label', () => {
    const paint = (kind: string, text: string) => `<${kind}>${text}</>`;
    expect(print([line(a, 0, 'one', '\n')], paint)).toBe('<answer>answer a │</> one\n');
  });
});
