import fc from 'fast-check';
import { from, map, Observable, type OperatorFunction, queueScheduler, Subject, take } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { commitLines } from '../../src/index.js';
import {
  type BlockCommit,
  type BlockTranscript,
  type BlockType,
  commitBlocks,
  scanBlocks,
  type ScanBlocksOptions,
} from '../../src/markdown/index.js';
import { deltaEvent } from '../support/arbitraries.js';
import { currentBlocks } from '../support/blocks.js';
import { collect } from '../support/collect.js';
import { open, streamOf } from '../support/commits.js';
import { marbles } from '../support/marbles.js';

const a = streamOf('a', [2]);
const b = streamOf('b', [1]);

const block = (
  stream: typeof a,
  index: number,
  text: string,
  type: BlockType = 'paragraph',
): BlockCommit => ({
  type: 'block',
  stream,
  index,
  block: type,
  from: index,
  to: index + 1,
  text,
});
const draft = (
  stream: typeof a,
  index: number,
  text: string,
  type: BlockType = 'paragraph',
): BlockCommit => ({
  type: 'draft',
  stream,
  index,
  block: type,
  from: index,
  text,
});
const revise = (stream: typeof a, index: number): BlockCommit => ({ type: 'revise', stream, index });
const close = (stream: typeof a, blocks: number): BlockCommit => ({
  type: 'close',
  stream,
  reason: 'end',
  blocks,
});

const values: Record<string, BlockCommit> = {
  o: open(a),
  p: open(b),
  x: block(a, 0, 'x', 'heading'),
  y: block(b, 0, 'y'),
  t: draft(a, 1, 't'),
  u: draft(a, 1, 't', 'heading'),
  z: block(a, 1, 'z'),
  r: revise(a, 0),
  c: close(a, 1),
  d: { type: 'drop', reason: 'late', event: undefined },
};

/** Formats a transcript, for example `a heading:x|(paragraph:t) open`. */
function show(transcript: BlockTranscript): string {
  const words = (each: { block: string; text: string } | undefined) =>
    each === undefined ? '' : `${each.block}:${each.text}`;
  return transcript
    .map(
      ({ stream, blocks, draft: rest, status }) =>
        `${stream.id} ${[...blocks.map(words), `(${words(rest)})`].join('|')} ${status}`,
    )
    .join(', ');
}

function toText(): OperatorFunction<BlockTranscript, string> {
  return map(show);
}

function transcriptsOf(
  commits: readonly BlockCommit[],
  options?: ScanBlocksOptions,
): readonly BlockTranscript[] {
  const seen: BlockTranscript[] = [];
  from(commits)
    .pipe(scanBlocks(options))
    .subscribe((transcript) => seen.push(transcript));
  return seen;
}

describe('scanBlocks', () => {
  it(
    'emits a transcript for each commit that changes it',
    marbles((m) => {
      const source = m.hot('  o-p-d-x-t-t-u-y-r-c-|', values);
      const subscribed = '    ^-------------------!';
      const expected = '      o-p---x-t---u-y-r-c-|';
      m.expect(source.pipe(scanBlocks(), toText())).toBeObservable(expected, {
        o: 'a () open',
        p: 'b () open, a () open',
        x: 'b () open, a heading:x|() open',
        t: 'b () open, a heading:x|(paragraph:t) open',
        u: 'b () open, a heading:x|(heading:t) open',
        y: 'b paragraph:y|() open, a heading:x|(heading:t) open',
        r: 'b paragraph:y|() open, a () open',
        c: 'b paragraph:y|() open, a () end',
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  // prettier-ignore
  it.each([
    { title: 'completes with an empty source',            source: '|',         subscribed: '(^!)',      expected: '|' },
    { title: 'does not complete before the source',       source: '-',         subscribed: '^',         expected: '-' },
    { title: 'passes on an error',                        source: 'o-#',       subscribed: '^-!',       expected: 'o-#' },
    { title: 'emits nothing for drops',                   source: 'dd-|',      subscribed: '^--!',      expected: '---|' },
    { title: 'emits nothing for a second open',           source: 'oo-|',      subscribed: '^--!',      expected: 'o--|' },
    { title: 'emits nothing for a revise without blocks', source: 'or-|',      subscribed: '^--!',      expected: 'o--|' },
  ])('$title', ({ source, subscribed, expected }) => {
    marbles((m) => {
      const source$ = m.hot(source, values);
      m.expect(source$.pipe(scanBlocks(), toText())).toBeObservable(expected, { o: 'a () open' });
      m.expect(source$).toHaveSubscriptions(subscribed);
    })();
  });

  it(
    'emits the first change at once and later ones together, with every',
    marbles((m) => {
      const every = m.time('  -----|');
      const source = m.hot('  -o-x-t-z----------p----y-|', values);
      const subscribed = '    ^------------------------!';
      const expected = '      -o----t----z------p----y-|';
      m.expect(source.pipe(scanBlocks({ every }), toText())).toBeObservable(expected, {
        o: 'a () open',
        t: 'a heading:x|(paragraph:t) open',
        z: 'a heading:x|paragraph:z|() open',
        p: 'b () open, a heading:x|paragraph:z|() open',
        y: 'b paragraph:y|() open, a heading:x|paragraph:z|() open',
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'emits nothing after unsubscribe, not even a pending transcript',
    marbles((m) => {
      const every = m.time('  -----|');
      const source = m.hot('  o-x------|', values);
      const unsubscribe = '   ---!      ';
      const subscribed = '    ^--!      ';
      const expected = '      o---      ';
      m.expect(source.pipe(scanBlocks({ every }), toText()), unsubscribe).toBeObservable(expected, {
        o: 'a () open',
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it('emits cells with blocks, a draft, a status, and the error or finish reason', () => {
    const error = new Error('boom');
    const [, , , last] = transcriptsOf([
      open(a),
      block(a, 0, '# x\n', 'heading'),
      draft(a, 1, 'y'),
      { type: 'close', stream: a, reason: 'error', blocks: 1, error },
    ]);
    expect(last).toStrictEqual([
      { stream: a, blocks: [{ block: 'heading', text: '# x\n' }], draft: undefined, status: 'error', error },
    ]);
    const [cell] =
      transcriptsOf([{ type: 'close', stream: a, reason: 'end', blocks: 0, finishReason: 'stop' }])[0] ?? [];
    expect(cell?.finishReason).toBe('stop');
  });

  // prettier-ignore
  it.each([
    { title: 'replaces a draft by one with more text',       commits: [draft(a, 0, 't'), draft(a, 0, 't u')],             last: 'a (paragraph:t u) open' },
    { title: 'withdraws a draft without a block',            commits: [block(a, 0, 'x'), draft(a, 1, 't'), revise(a, 1)], last: 'a paragraph:x|() open' },
    { title: 'keeps the draft of a block before the revise', commits: [draft(a, 0, 't'), revise(a, 1)],                   last: 'a (paragraph:t) open' },
  ])('$title', ({ commits, last }) => {
    expect(show(transcriptsOf(commits).at(-1) ?? [])).toBe(last);
  });

  it('keeps the identity of unchanged blocks, lists and cells', () => {
    const transcripts = transcriptsOf([
      open(a),
      open(b),
      block(a, 0, 'x'),
      draft(a, 1, 'y'),
      block(a, 1, 'y z'),
      close(a, 2),
      block(b, 0, 'w'),
    ]).map((transcript) => new Map(transcript.map((cell) => [cell.stream.id, cell])));
    const [, , first, drafted, second, closed, other] = transcripts;
    expect(drafted?.get('a')?.blocks).toBe(first?.get('a')?.blocks);
    expect(second?.get('a')?.blocks[0]).toBe(first?.get('a')?.blocks[0]);
    expect(closed?.get('a')?.blocks).toBe(second?.get('a')?.blocks);
    expect(other?.get('a')).toBe(closed?.get('a'));
    expect(closed?.get('b')).toBe(first?.get('b'));
  });

  it('removes the cells that closed first, beyond maxCells', () => {
    const transcripts = transcriptsOf([block(a, 0, 'x'), close(a, 1), block(b, 0, 'y')], { maxCells: 1 });
    expect(transcripts.map(show)).toStrictEqual([
      'a paragraph:x|() open',
      'a paragraph:x|() end',
      'b paragraph:y|() open',
    ]);
  });

  it('never changes an emitted transcript, and has the blocks of all streams at the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deltaEvent), async (events) => {
        const lines = from(events).pipe(commitLines({ tail: true }));
        const commits = await collect(lines.pipe(commitBlocks({ draft: true })));
        const transcripts = transcriptsOf(commits);
        const copies: unknown[] = [];
        from(commits)
          .pipe(scanBlocks())
          .subscribe((transcript) => copies.push(structuredClone(transcript)));
        expect(transcripts).toStrictEqual(copies);
        for (const { stream, blocks, draft: rest } of transcripts.at(-1) ?? []) {
          const own = commits.filter((commit) => 'stream' in commit && commit.stream === stream);
          expect(blocks).toStrictEqual(
            currentBlocks(own).map(({ block: type, text }) => ({ block: type, text })),
          );
          expect(rest).toBeUndefined();
        }
        transcripts.slice(1).forEach((after, index) => {
          const before = new Map(transcripts[index]?.map((cell) => [cell.stream, cell]));
          for (const cell of after) {
            const earlier = before.get(cell.stream);
            expect(cell === earlier).toBe(JSON.stringify(cell) === JSON.stringify(earlier));
          }
        });
      }),
    );
  });

  it('stops a synchronous source after take', () => {
    let produced = 0;
    const source = new Observable<BlockCommit>((subscriber) => {
      while (!subscriber.closed && produced < 100) {
        subscriber.next(block(a, produced++, 'x'));
      }
    });
    source.pipe(scanBlocks(), take(1)).subscribe();
    expect(produced).toBe(1);
  });

  it('handles a re-entrant commit after the transcript of the previous commit', () => {
    const source = new Subject<BlockCommit>();
    const seen: string[] = [];
    source.pipe(scanBlocks(), toText()).subscribe((words) => {
      seen.push(words);
      if (words === 'a () open') {
        source.next(block(a, 0, 'x'));
      }
    });
    source.next(open(a));
    expect(seen).toStrictEqual(['a () open', 'a paragraph:x|() open']);
  });

  it('has separate state for each subscription', async () => {
    const output = from([open(a), block(a, 0, 'x')]).pipe(scanBlocks(), toText());
    const expected = ['a () open', 'a paragraph:x|() open'];
    expect(await collect(output)).toStrictEqual(expected);
    expect(await collect(output)).toStrictEqual(expected);
  });

  it.each([{ every: 0 }, { every: Infinity }, { maxCells: 0 }, { scheduler: queueScheduler }, {}, undefined])(
    'accepts the options %o',
    (options?: ScanBlocksOptions) => {
      expect(() => scanBlocks(options)).not.toThrow();
    },
  );

  // prettier-ignore
  it.each([
    { options: null,             error: TypeError,  message: 'The options are null, but must be an object' },
    { options: { every: -1 },    error: RangeError, message: 'The option every is -1' },
    { options: { maxCells: [] }, error: TypeError,  message: 'The option maxCells is an array' },
    { options: { scheduler: 1 }, error: TypeError,  message: 'The option scheduler is 1' },
  ])('refuses the options $options when it is created', ({ options, error, message }) => {
    const create = scanBlocks as (options: unknown) => unknown;
    expect(() => create(options)).toThrow(error);
    expect(() => create(options)).toThrow(message);
  });

  it('has a timer only while a transcript is pending', () => {
    vi.useFakeTimers();
    const source = new Subject<BlockCommit>();
    source.pipe(scanBlocks({ every: 100 })).subscribe();
    source.next(open(a));
    expect(vi.getTimerCount()).toBe(0);
    source.next(block(a, 0, 'x'));
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(100);
    expect(vi.getTimerCount()).toBe(0);
    source.complete();
  });
});

afterEach(() => {
  vi.useRealTimers();
});
