import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { Summary } from '../../src/cli/summary.js';
import { commitLines, type DeltaEvent } from '../../src/index.js';

function summarise(events: readonly DeltaEvent[], maxListed?: number): readonly string[] {
  const summary = new Summary(maxListed);
  from(events)
    .pipe(commitLines({ idleTimeout: Infinity, maxRetained: 1000 }))
    .subscribe((commit) => summary.add(commit));
  return summary.rows();
}

const delta = (kind: string, id: string, text: string): DeltaEvent => ({
  type: 'delta',
  kind,
  id,
  delta: text,
});
const end = (kind: string, id: string, text?: string): DeltaEvent =>
  text === undefined ? { type: 'end', kind, id } : { type: 'end', kind, id, text };

describe('Summary', () => {
  it('tells of each stream how much it held and how it closed, and the totals', () => {
    const rows = summarise([
      delta('answer', 'm1', 'one\r\ntwo'),
      delta('reasoning', 'm10', 'a\n'),
      end('answer', 'm1'),
      { type: 'start', kind: 'answer', id: 'm1' },
      { type: 'error', kind: 'reasoning', id: 'm10', error: 'no' },
      end('reasoning', 'm10'),
    ]);
    expect(rows).toStrictEqual([
      'kind       id                 lines  characters  closed',
      'answer     m1                     2           8  end',
      'reasoning  m10                    1           2  error',
      'answer     m1 (generation 1)      0           0  complete',
      '3 streams, 3 lines, 10 characters, 1 drop',
    ]);
  });

  it('does not count what was withdrawn', () => {
    const rows = summarise([delta('answer', 'm1', 'same\nwrong\nwro'), end('answer', 'm1', 'same\nright\n')]);
    expect(rows).toStrictEqual([
      'kind    id  lines  characters  closed',
      'answer  m1      2          11  end',
      '1 stream, 2 lines, 11 characters, 0 drops',
    ]);
  });

  it('counts those that it does not list', () => {
    const rows = summarise([delta('a', '1', 'x'), delta('a', '2', 'x'), delta('a', '3', 'xy\n')], 1);
    expect(rows).toStrictEqual([
      'kind  id  lines  characters  closed',
      'a     1       1           1  complete',
      'and 2 more streams',
      '3 streams, 3 lines, 5 characters, 0 drops',
    ]);
  });

  it('makes controls visible', () => {
    expect(summarise([delta('a', '\u001b[31m', 'x')])[1]).toBe(
      'a     \\x1b[31m      1           1  complete',
    );
  });

  it('needs no table for nothing', () => {
    expect(summarise([])).toStrictEqual(['0 streams, 0 lines, 0 characters, 0 drops']);
  });
});
