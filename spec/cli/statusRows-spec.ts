import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';

import { paintNothing } from '../../src/cli/paintByKind.js';
import { StreamProgressMap } from '../../src/cli/streamProgress.js';
import { fullIds } from '../../src/cli/shortIds.js';
import { statusRows } from '../../src/cli/statusRows.js';
import type { Commit, StreamRef } from '../../src/index.js';

const stream = (id: string, kind = 'answer'): StreamRef => ({ kind, id, generation: 0 });
const a = stream('a');

function open(...commits: readonly Commit[]): StreamProgressMap {
  const streams = new StreamProgressMap();
  commits.forEach((commit) => {
    streams.add(commit, 0);
  });
  return streams;
}

function opened(ref: StreamRef, lines: number, tail: string): readonly Commit[] {
  return [
    { type: 'open', stream: ref },
    { type: 'tail', stream: ref, index: lines, text: tail },
  ];
}

function rowsOf(commits: readonly Commit[], { columns = 40, rows = 24, now = 3000 } = {}): readonly string[] {
  return statusRows(open(...commits), { columns, rows }, now, paintNothing, fullIds);
}

describe('statusRows', () => {
  it('shows the lines, the age and the end of the tail of a stream', () => {
    expect(rowsOf(opened(a, 2, 'hello'))).toStrictEqual(['● answer a  2 lines  3s  hello▌']);
    expect(rowsOf(opened(a, 1, 'now this is too long'))).toStrictEqual([
      '● answer a  1 line  3s  …is is too long▌',
    ]);
    expect(rowsOf(opened(a, 0, ''))).toStrictEqual(['● answer a  0 lines  3s']);
  });

  it('is empty when no stream is open', () => {
    expect(rowsOf([])).toStrictEqual([]);
    expect(
      rowsOf([...opened(a, 1, 'x'), { type: 'close', stream: a, reason: 'end', lines: 1 }]),
    ).toStrictEqual([]);
  });

  it('aligns the parts of several streams', () => {
    const commits = [...opened(stream('m1'), 9, '漢字'), ...opened(stream('字', 'tool'), 10, 'x')];
    expect(rowsOf(commits)).toStrictEqual([
      '● answer m1   9 lines  3s  漢字▌',
      '● tool 字    10 lines  3s  x▌',
    ]);
  });

  it.each([
    { now: 999, age: '0s' },
    { now: 59_999, age: '59s' },
    { now: 60_000, age: '1m 00s' },
    { now: 3_599_000, age: '59m 59s' },
    { now: 3_660_000, age: '1h 01m' },
  ])('shows the age $age', ({ now, age }) => {
    expect(rowsOf(opened(a, 0, ''), { now })).toStrictEqual([`● answer a  0 lines  ${age}`]);
  });

  it('counts the streams without room', () => {
    const commits = ['1', '2', '3', '4'].flatMap((id) => opened(stream(id), 0, ''));
    const row = (id: string) => `● answer ${id}  0 lines  3s`;
    expect(rowsOf(commits, { rows: 6 })).toStrictEqual(['1', '2', '3', '4'].map(row));
    expect(rowsOf(commits, { rows: 5 })).toStrictEqual([row('1'), row('2'), 'and 2 more']);
    expect(rowsOf(commits, { rows: 3 })).toStrictEqual(['and 4 more']);
    expect(rowsOf(commits, { rows: 1 })).toStrictEqual(['and 4 more']);
  });

  it('omits parts without room', () => {
    const commits = opened(stream('a-long-name'), 12, 'hello');
    expect(rowsOf(commits, { columns: 38 })).toStrictEqual(['● answer a-long-name  12 lines  3s  …▌']);
    expect(rowsOf(commits, { columns: 34 })).toStrictEqual(['● answer a-long-name  12 lines  3s']);
    expect(rowsOf(commits, { columns: 30 })).toStrictEqual(['● answer a-long-name']);
    expect(rowsOf(commits, { columns: 20 })).toStrictEqual(['● …swer …ng-name']);
  });

  it('escapes control characters, and omits tabs and a CR at the end', () => {
    expect(rowsOf(opened(stream('\u001b[2J', 'a\tb'), 0, 'x\ty\u001b[31m\r'), { columns: 60 })).toStrictEqual(
      ['● a\\x09b \\x1b[2J  0 lines  3s  x y\\x1b[31m▌'],
    );
  });

  it('colors the label and the caret', () => {
    const paint = (kind: string, text: string) => `<${kind}>${text}</>`;
    expect(
      statusRows(open(...opened(a, 0, 'x')), { columns: 40, rows: 24 }, 0, paint, fullIds),
    ).toStrictEqual(['<answer>● answer a</>  0 lines  0s  x<answer>▌</>']);
  });

  it('never exceeds the terminal', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 50 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, text, text), { maxLength: 8 }),
        fc.integer({ min: 8, max: 100 }),
        fc.integer({ min: 1, max: 12 }),
        (streams, columns, rows) => {
          const commits = streams.flatMap(([kind, id, tail]) => opened(stream(id, kind), 1, tail));
          const shown = rowsOf(commits, { columns, rows });
          expect(shown.length).toBeLessThanOrEqual(Math.max(rows - 2, 1));
          shown.forEach((row) => {
            expect(stringWidth(row)).toBeLessThanOrEqual(columns);
          });
        },
      ),
    );
  });
});

describe('the lines and the tail of an open stream', () => {
  const line = (index: number, eol: '' | '\n'): Commit => ({
    type: 'line',
    stream: a,
    index,
    text: 'x',
    eol,
  });

  it.each([
    { commits: [line(0, '\n')], row: '1 line  3s' },
    { commits: [line(0, '')], row: '0 lines  3s' },
    {
      commits: [line(0, '\n'), line(1, '\n'), { type: 'revise', stream: a, index: 0 } as const],
      row: '0 lines  3s',
    },
    { commits: [...opened(a, 3, 'x').slice(1), line(3, '\n')], row: '4 lines  3s' },
    { commits: [{ type: 'drop', reason: 'late', event: null } as const], row: '0 lines  3s' },
  ])('are $row', ({ commits, row }) => {
    expect(rowsOf([{ type: 'open', stream: a }, ...commits])).toStrictEqual([`● answer a  ${row}`]);
  });
});
