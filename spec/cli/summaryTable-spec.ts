import { from, type SchedulerLike, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { SummaryTable } from '../../src/cli/summaryTable.js';
import { commitLines, type DeltaEvent, observeCommits, orderStreams } from '../../src/index.js';

/** A clock that advances by this many milliseconds per event. */
function ticking(milliseconds: number) {
  let time = 0;
  const scheduler: SchedulerLike = {
    now: () => time,
    schedule: () => expect.fail('no timer is needed'),
  };
  const tick = () => {
    time += milliseconds;
  };
  return { scheduler, tick };
}

function summarize(events: readonly DeltaEvent[], maxListed?: number, step?: number): readonly string[] {
  const summary = new SummaryTable(maxListed);
  const { scheduler, tick } = ticking(step ?? 0);
  from(events)
    .pipe(
      tap(tick),
      commitLines({ idleTimeout: Infinity, maxRetained: 1000 }),
      observeCommits(summary, { scheduler }),
    )
    .subscribe((commit) => summary.add(commit));
  return summary.rows(step !== undefined);
}

const delta = (kind: string, id: string, text: string): DeltaEvent => ({
  type: 'delta',
  kind,
  id,
  delta: text,
});
const end = (kind: string, id: string, text?: string): DeltaEvent =>
  text === undefined ? { type: 'end', kind, id } : { type: 'end', kind, id, text };

describe('SummaryTable', () => {
  it('lists the size and the close of each stream, and the totals', () => {
    const rows = summarize([
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
      'at most 2 streams at once',
      '3 streams, 3 lines, 10 characters, 1 drop',
    ]);
  });

  it('does not count withdrawn lines', () => {
    const rows = summarize([delta('answer', 'm1', 'same\nwrong\nwro'), end('answer', 'm1', 'same\nright\n')]);
    expect(rows).toStrictEqual([
      'kind    id  lines  characters  closed',
      'answer  m1      2          11  end',
      'at most 1 stream at once',
      '1 stream, 2 lines, 11 characters, 0 drops',
    ]);
  });

  it('counts streams that it does not list', () => {
    const rows = summarize([delta('a', '1', 'x'), delta('a', '2', 'x'), delta('a', '3', 'xy\n')], 1);
    expect(rows).toStrictEqual([
      'kind  id  lines  characters  closed',
      'a     1       1           1  complete',
      'and 2 more streams',
      'at most 3 streams at once',
      '3 streams, 3 lines, 5 characters, 0 drops',
    ]);
  });

  it('escapes control characters', () => {
    expect(summarize([delta('a', '\u001b[31m', 'x')])[1]).toBe(
      'a     \\x1b[31m      1           1  complete',
    );
  });

  it('shows times if the input was live', () => {
    const rows = summarize(
      [
        { type: 'start', kind: 'answer', id: 'm1' },
        delta('answer', 'm1', 'one\nt'),
        delta('answer', 'm2', 'x'),
        delta('answer', 'm1', 'wo\n'),
        { type: 'start', kind: 'answer', id: 'm3' },
        end('answer', 'm1'),
        end('answer', 'm2'),
        end('answer', 'm3'),
      ],
      undefined,
      400,
    );
    expect(rows).toStrictEqual([
      'kind    id  lines  characters  first line  closed',
      'answer  m1      2           8      400 ms  end',
      'answer  m2      1           1       1.6 s  end',
      'answer  m3      0           0              end',
      'at most 3 streams at once',
      'first line: 1.0 s on average, 1.6 s at most',
      '3 streams, 3 lines, 9 characters, 0 drops',
    ]);
  });

  it('shows no times if there are no lines', () => {
    expect(summarize([{ type: 'start', kind: 'a', id: '1' }], undefined, 400).slice(-2)).toStrictEqual([
      'at most 1 stream at once',
      '1 stream, 0 lines, 0 characters, 0 drops',
    ]);
  });

  it('lists the streams in the order in which their commits arrive, with the times measured before', () => {
    const summary = new SummaryTable();
    from([delta('a', '1', 'x\n'), delta('a', '2', 'y'), delta('a', '2', 'z'), end('a', '2')])
      .pipe(commitLines(), observeCommits(summary), orderStreams({ strategy: 'grouped' }))
      .subscribe((commit) => summary.add(commit));
    expect(summary.rows(false).slice(1, 3)).toStrictEqual([
      'a     2       1           2  end',
      'a     1       1           2  complete',
    ]);
  });

  it('shows no table without streams', () => {
    expect(summarize([])).toStrictEqual(['0 streams, 0 lines, 0 characters, 0 drops']);
  });
});
