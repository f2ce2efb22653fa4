import { concat, from, Observable, of, pipe } from 'rxjs';
import { describe, expect, it } from 'vitest';

import {
  type Cell,
  type Commit,
  commitLines,
  type DeltaEvent,
  orderStreams,
  paceLines,
  resequence,
  scanTranscript,
} from '../../src/index.js';
import { delta, end, failure, start } from '../support/events.js';
import { forms } from '../support/forms.js';
import { heapUsed } from '../support/heapUsed.js';
import { FaultyScheduler } from './faultyScheduler.js';

const megabyte = 2 ** 20;

describe('100,000 streams that are opened and never closed', { timeout: 60_000 }, () => {
  const count = 100_000;
  const source = new Observable<DeltaEvent>((subscriber) => {
    for (let number = 0; number < count; number++) {
      subscriber.next(delta(String(number), 'text'));
    }
    subscriber.complete();
  });
  const openedInOrder = Array.from({ length: count }, (_, number) => String(number));
  const allTexts = openedInOrder.map((id) => `${id}text`);

  describe.each(forms)('$form', ({ operator }) => {
    it.each([
      { maxStreams: 10_000, expected: { evicted: 90_000, complete: 10_000 } },
      { maxStreams: Infinity, expected: { complete: 100_000 } },
    ])(
      'closes each with its text, in the order of opening, with maxStreams $maxStreams',
      ({ maxStreams, expected }) => {
        const closed: string[] = [];
        const texts: string[] = [];
        const reasons: Record<string, number> = {};
        let [opened, most] = [0, 0];
        source.pipe(operator({ maxStreams })).subscribe((commit) => {
          if (commit.type === 'open') {
            opened++;
            most = Math.max(most, opened - closed.length);
          } else if (commit.type === 'line') {
            texts.push(commit.stream.id + commit.text);
          } else if (commit.type === 'close') {
            closed.push(commit.stream.id);
            reasons[commit.reason] = (reasons[commit.reason] ?? 0) + 1;
          }
        });
        expect(closed).toStrictEqual(openedInOrder);
        expect(texts).toStrictEqual(allTexts);
        expect(reasons).toStrictEqual(expected);
        expect(most).toBe(Math.min(maxStreams, count));
      },
    );
  });

  it.each(['sequential', 'grouped'] as const)('are all emitted by orderStreams, %s', (strategy) => {
    const texts = new Set<string>();
    source.pipe(commitLines(), orderStreams({ strategy })).subscribe((commit) => {
      if (commit.type === 'line') {
        texts.add(commit.stream.id + commit.text);
      }
    });
    expect(texts).toStrictEqual(new Set(allTexts));
  });

  it.each([
    { maxStreams: 10_000, maxCells: Infinity, cells: allTexts },
    { maxStreams: 1000, maxCells: 1000, cells: allTexts.slice(-1000) },
  ])('are in the transcript, at most the latest $maxCells of them', ({ maxStreams, maxCells, cells }) => {
    let transcript: readonly Cell[] = [];
    source
      .pipe(commitLines({ maxStreams }), scanTranscript({ every: Infinity, maxCells }))
      .subscribe((latest) => (transcript = latest));
    expect(transcript.map(({ stream, lines }) => stream.id + lines.join())).toStrictEqual(cells);
  });

  it('are scopes of resequence, which reports gaps only of scopes that are certainly new', () => {
    const passed: string[] = [];
    let gaps = 0;
    from(openedInOrder)
      .pipe(resequence({ seq: () => 1, scope: (value) => value, onGap: () => gaps++, gapTimeout: Infinity }))
      .subscribe((value) => passed.push(value));
    expect(passed).toStrictEqual(openedInOrder);
    // 1,024 scopes are known, and 1,024 evicted ones are remembered. The next one is certainly new; any later one may
    // have been delivered before.
    expect(gaps).toBe(2 * 1024 + 1);
  });
});

describe('one stream of 1 GB without a newline', { timeout: 60_000 }, () => {
  const length = 2 ** 30;

  /** Repeats one delta object, so that only its processing takes memory. */
  const gigabyte = (piece: number) =>
    new Observable<DeltaEvent>((subscriber) => {
      const event = Object.freeze(delta('a', 'x'.repeat(piece)));
      for (let sent = 0; sent < length; sent += piece) {
        subscriber.next(event);
      }
      subscriber.complete();
    });

  const rows = [
    ...forms.flatMap(({ form, operator }) => [
      { title: form, piece: megabyte, connect: () => operator({}) },
      { title: form, piece: 1024, connect: () => operator({}) },
    ]),
    {
      title: 'commitLines with tails and soft commits',
      piece: megabyte,
      connect: () => commitLines({ softCommit: { chars: 10_000 }, tail: true }),
    },
    {
      title: 'paceLines',
      piece: megabyte,
      connect: (scheduler: FaultyScheduler) => pipe(commitLines(), paceLines({ maxQueued: 10, scheduler })),
    },
  ];

  it.each(rows)(
    'is emitted by $title in parts that add up to it, with less than 8 MB of heap, in deltas of $piece',
    ({ piece, connect }) => {
      const scheduler = new FaultyScheduler();
      const lengths = new Set<number>();
      const indices = new Set<number>();
      const before = heapUsed();
      const heaps: number[] = [];
      let [sum, parts] = [0, 0];
      gigabyte(piece)
        .pipe(connect(scheduler))
        .subscribe((commit) => {
          if (commit.type === 'line') {
            sum += commit.text.length;
            lengths.add(commit.text.length);
            indices.add(commit.index);
            parts++;
            if (parts % 5000 === 0) {
              heaps.push(heapUsed() - before);
            }
          }
        });
      scheduler.advance(60_000);
      expect(sum).toBe(length);
      expect(indices).toStrictEqual(new Set([0]));
      expect(Math.max(...lengths)).toBeLessThanOrEqual(65_536);
      expect(heaps.length).toBeGreaterThan(2);
      expect(Math.max(...heaps)).toBeLessThan(8 * megabyte);
    },
  );

  it('is in the transcript, in lines of the maximum length, next to other streams', () => {
    const source = concat(of<DeltaEvent>(delta('b', 'text\n')), gigabyte(megabyte));
    let transcript: readonly Cell[] = [];
    source
      .pipe(commitLines(), scanTranscript({ every: Infinity }))
      .subscribe((latest) => (transcript = latest));
    const [other, cell] = transcript;
    expect(other?.lines).toStrictEqual(['text']);
    expect(cell?.lines.reduce((sum, line) => sum + line.length, 0)).toBe(length);
    expect(cell?.status).toBe('complete');
  });
});

describe('10 million events after the close', { timeout: 60_000 }, () => {
  const count = 10_000_000;
  const late = Object.freeze(delta('a', 'late'));
  const endings = [
    { title: 'an end', closing: [delta('a', 'text'), end('a')] },
    { title: 'an error', closing: [failure('a', new Error('boom'))] },
  ];
  const flood = (first: readonly DeltaEvent[], last: readonly DeltaEvent[]) =>
    new Observable<DeltaEvent>((subscriber) => {
      first.forEach((event) => subscriber.next(event));
      for (let number = 0; number < count; number++) {
        subscriber.next(late);
      }
      last.forEach((event) => subscriber.next(event));
      subscriber.complete();
    });

  describe.each(forms)('$form', ({ operator }) => {
    it.each(endings)('are each dropped after $title, and do not affect other streams', ({ closing }) => {
      let [drops, wrong] = [0, 0];
      const drop = (reason: string, event: unknown) => {
        drops++;
        wrong += reason === 'late' && event === late ? 0 : 1;
      };
      const commits: Commit[] = [];
      flood([start('b'), ...closing], [delta('b', 'text')])
        .pipe(operator({ onDrop: ({ reason, event }) => drop(reason, event) }))
        .subscribe((commit) => {
          if (commit.type === 'drop') {
            drop(commit.reason, commit.event);
          } else {
            commits.push(commit);
          }
        });
      expect([drops, wrong]).toStrictEqual([count, 0]);
      expect(commits.filter(({ type }) => type === 'open')).toHaveLength(2);
      expect(commits.at(-1)).toMatchObject({
        type: 'close',
        stream: { id: 'b' },
        reason: 'complete',
        lines: 1,
      });
    });
  });

  it('are each dropped as a repeat by resequence', () => {
    let [drops, passed] = [0, 0];
    flood([], [])
      .pipe(resequence({ seq: () => 0, onDrop: ({ reason }) => (drops += reason === 'repeat' ? 1 : 0) }))
      .subscribe(() => passed++);
    expect([passed, drops]).toStrictEqual([1, count - 1]);
  });
});
