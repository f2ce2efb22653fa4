import fc from 'fast-check';
import { from, Observable, of, Subject, take, throwError, concat, type OperatorFunction } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { type Commit, commitLines, type DeltaEvent, orderStreams, paceLines } from '../../src/index.js';
import { type BlockCommit, type BlockOptions, commitBlocks } from '../../src/markdown/index.js';
import { interleave, recut } from '../../src/testing/index.js';
import { byStream } from '../support/arbitraries.js';
import { blocksToText, showBlock, currentBlocks } from '../support/blocks.js';
import { collect } from '../support/collect.js';
import { close, commitList, drop, line, open, part, revise, streamOf, tail } from '../support/commits.js';
import { delta, end } from '../support/events.js';
import {
  documentText,
  examples,
  hasDeviation,
  parseBlocks,
  rangesOf,
  readBlocks,
  shapes,
  tables,
  maths,
} from '../support/markdown.js';
import { marbles } from '../support/marbles.js';
import { WorkCounter } from '../support/workCounter.js';

/** A fixed seed: the independent parser has unknown errors, which random documents would find. */
const SEED = 1;

const a = streamOf('a');
const b = streamOf('b');

const values: Record<string, Commit> = {
  o: open(a),
  h: line(a, 0, '# h'),
  x: line(a, 1, 'x'),
  e: line(a, 2, ''),
  c: close(a, 3),
  p: open(b),
  y: line(b, 0, 'y'),
  q: close(b, 1),
  d: drop,
};

const words = {
  o: 'open a',
  h: 'block a 0 heading 0-1 "# h\\n"',
  x: 'block a 1 paragraph 1-2 "x\\n"',
  c: 'close a end 2',
  p: 'open b',
  y: 'block b 0 paragraph 0-1 "y\\n"',
  q: 'close b end 1',
  d: 'drop late',
  C: 'close a complete 2',
  E: 'close a error 2',
  Q: 'close b complete 1',
  R: 'close b error 1',
};

/** The formatted block commits of line commits. */
function blocksOf(commits: readonly Commit[], options?: BlockOptions): readonly string[] {
  return run(commits, options).map(showBlock);
}

function run(commits: readonly Commit[], options?: BlockOptions): readonly BlockCommit[] {
  const seen: BlockCommit[] = [];
  from(commits)
    .pipe(commitBlocks(options))
    .subscribe((commit) => seen.push(commit));
  return seen;
}

/** The line commits of events. */
function linesOfEvents(events: readonly DeltaEvent[], options = {}): readonly Commit[] {
  const seen: Commit[] = [];
  from(events)
    .pipe(commitLines(options))
    .subscribe((commit) => seen.push(commit));
  return seen;
}

const characters = (id: string, text: string) => Array.from(text, (character) => delta(id, character));

describe('commitBlocks', () => {
  // prettier-ignore
  it.each([
    { title: 'commits each block with the first line that ends it', source: 'o-h-x-e-c-|',     subscribed: '^---------!',       expected: 'o-h---x-c-|' },
    { title: 'completes with an empty source',                      source: '|',               subscribed: '(^!)',              expected: '|' },
    { title: 'does not complete before the source',                 source: '-',               subscribed: '^',                 expected: '-' },
    { title: 'passes on an error',                                  source: '--#',             subscribed: '^-!',               expected: '--#' },
    { title: 'passes on drops in order',                            source: 'odhd-|',          subscribed: '^----!',            expected: 'odhd-(C|)' },
    { title: 'commits the open block at the close',                 source: 'ohxc----|',          subscribed: '^-------!',         expected: 'oh-(xc)-|' },
    { title: 'keeps streams apart',                                 source: 'opyhx(qc)--|',    subscribed: '^----------!',     expected: 'op-h-(yqxc)|' },
    { title: 'closes open streams when the source completes',       source: 'opyhx|',          subscribed: '^----!',            expected: 'op-h-(xCyQ|)' },
    { title: 'closes open streams when the source fails',           source: 'opyhx#',          subscribed: '^----!',            expected: 'op-h-(xEyR#)' },
  ])('$title', ({ source, subscribed, expected }) => {
    marbles((m) => {
      const source$ = m.hot(source, values);
      m.expect(source$.pipe(commitBlocks(), blocksToText())).toBeObservable(expected, { ...words, C: source.startsWith('od') ? 'close a complete 1' : words.C });
      m.expect(source$).toHaveSubscriptions(subscribed);
    })();
  });

  it(
    'emits nothing after unsubscribe',
    marbles((m) => {
      const source = m.hot('  o-h-x-e-c-|', values);
      const unsubscribe = '   -----!     ';
      const subscribed = '    ^----!     ';
      const expected = '      o-h---     ';
      m.expect(source.pipe(commitBlocks(), blocksToText()), unsubscribe).toBeObservable(expected, words);
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'commits at the pace of paceLines',
    marbles((m) => {
      const interval = m.time('--|');
      const source = m.hot('  (ohxec)------|', values);
      const expected = '      (oh)(xc)-----|';
      const paced = source.pipe(paceLines({ interval, policy: () => 1 }), commitBlocks(), blocksToText());
      m.expect(paced).toBeObservable(expected, words);
    }),
  );

  it('stops a synchronous source after take', () => {
    let produced = 0;
    const source = new Observable<Commit>((subscriber) => {
      while (!subscriber.closed && produced < 100) {
        subscriber.next(line(a, produced++, '# x'));
      }
    });
    source.pipe(commitBlocks(), take(3)).subscribe();
    expect(produced).toBe(2);
  });

  it('handles a re-entrant commit after the output of the previous commit', () => {
    const source = new Subject<Commit>();
    const seen: string[] = [];
    source.pipe(commitBlocks(), blocksToText()).subscribe((word) => {
      seen.push(word);
      if (word.startsWith('block a 0')) {
        source.next(line(a, 2, '# later'));
      }
    });
    source.next(open(a));
    source.next(line(a, 0, 'x'));
    source.next(line(a, 1, '# y'));
    expect(seen).toStrictEqual([
      'open a',
      'block a 0 paragraph 0-1 "x\\n"',
      'block a 1 heading 1-2 "# y\\n"',
      'block a 2 heading 2-3 "# later\\n"',
    ]);
  });

  it('has separate state for each subscription', async () => {
    const output = of(open(a), line(a, 0, 'x'), close(a, 1)).pipe(commitBlocks(), blocksToText());
    const expected = ['open a', 'block a 0 paragraph 0-1 "x\\n"', 'close a end 1'];
    expect(await collect(output)).toStrictEqual(expected);
    expect(await collect(output)).toStrictEqual(expected);
  });

  it('emits one stream object in all commits of a stream, even if the source has copies', () => {
    const commits = JSON.parse(
      JSON.stringify([open(a), line(a, 0, '# x'), line(a, 1, 'y'), close(a, 2)]),
    ) as Commit[];
    const streams = run(commits).map((commit) => ('stream' in commit ? commit.stream : undefined));
    expect(streams).toHaveLength(4);
    expect(new Set(streams).size).toBe(1);
  });

  it('passes on the reason, the error and the finish reason of a close', () => {
    const error = new Error('boom');
    const stream = a;
    const closes = run([
      open(a),
      { type: 'close', stream, reason: 'error', lines: 0, error },
      { ...open(b) },
      { type: 'close', stream: b, reason: 'end', lines: 0, finishReason: 'length' },
    ]).filter(({ type }) => type === 'close');
    expect(closes).toStrictEqual([
      { type: 'close', stream, reason: 'error', blocks: 0, error },
      { type: 'close', stream: b, reason: 'end', blocks: 0, finishReason: 'length' },
    ]);
  });

  it('opens a stream whose open was filtered out, and treats generations as separate streams', () => {
    const next = { ...a, generation: 1 };
    expect(
      blocksOf([line(a, 0, 'x'), close(a, 1), line(next, 0, 'y'), open(next), close(next, 1)]),
    ).toStrictEqual([
      'open a',
      'block a 0 paragraph 0-1 "x\\n"',
      'close a end 1',
      'open a/1',
      'block a/1 0 paragraph 0-1 "y\\n"',
      'close a/1 end 1',
    ]);
  });

  it('handles a line in parts once it is complete', () => {
    expect(
      blocksOf([part(a, 0, '#'), part(a, 0, ' on'), line(a, 0, 'e'), part(a, 1, 'tw'), close(a, 2)]),
    ).toStrictEqual([
      'open a',
      'block a 0 heading 0-1 "# one\\n"',
      'block a 1 paragraph 1-2 "tw"',
      'close a end 2',
    ]);
  });

  it('ends a line in parts whose last part was filtered out', () => {
    expect(blocksOf([part(a, 0, 'x'), line(a, 2, '# y'), close(a, 3)])).toStrictEqual([
      'open a',
      'block a 0 paragraph 0-1 "x"',
      'block a 1 heading 2-3 "# y\\n"',
      'close a end 2',
    ]);
  });

  it('splits a block that is too long for a string', () => {
    const long = 'x'.repeat(200_000_000);
    const blocks = currentBlocks(
      run([line(a, 0, long), line(a, 1, long), part(a, 2, long), part(a, 2, long), close(a, 3)]),
    );
    expect(blocks.map(({ from: first, to, text }) => [first, to, text.length])).toStrictEqual([
      [0, 1, 200_000_001],
      [1, 2, 200_000_001],
      [2, 3, 200_000_000],
      [2, 3, 200_000_000],
    ]);
  });

  it('emits whole streams one after another with orderStreams', async () => {
    const events = [delta('2', '# b'), delta('1', 'a\n\nb'), delta('2', '\nc\n'), end('2'), end('1')];
    const output = from(events).pipe(
      commitLines(),
      commitBlocks({ draft: true }),
      orderStreams({ strategy: 'grouped' }),
    );
    const ids = (await collect(output)).map((commit) => ('stream' in commit ? commit.stream.id : ''));
    expect(ids.join('')).toMatch(/^2+1+$/);
  });
});

describe('the cuts of a text', () => {
  it('do not change the blocks', () => {
    fc.assert(
      fc.property(
        documentText,
        fc.maxSafeInteger(),
        fc.integer({ min: 2, max: 30 }),
        (text, seed, maxLineLength) => {
          const commits = linesOfEvents(recut(seed, [delta('1', text)]), { maxLineLength });
          expect(
            currentBlocks(run(commits, { math: true })).map(({ block, from: first, to, text: source }) => ({
              block,
              from: first,
              to,
              text: source,
            })),
          ).toStrictEqual(readBlocks(text));
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each(examples)('do not change the blocks, even at each character: $title', ({ text }) => {
    const commits = linesOfEvents(characters('1', text), { tail: true });
    const blocks = currentBlocks(run(commits, { math: true, draft: true }));
    expect(rangesOf(blocks)).toStrictEqual(parseBlocks(text));
    expect(blocks.map(({ text: source }) => source)).toStrictEqual(
      readBlocks(text).map(({ text: source }) => source),
    );
  });

  it('of one stream do not affect another, whatever their ids', () => {
    const ids = ['__proto__', 'constructor', 'a\0b', ''];
    fc.assert(
      fc.property(
        fc.array(documentText, { minLength: 4, maxLength: 4 }),
        fc.maxSafeInteger(),
        (texts, seed) => {
          const streams = texts.map((text, index) => recut(seed, [delta(ids[index] ?? '', text)]));
          const commits = run(linesOfEvents(interleave(seed, streams), { tail: true }), {
            math: true,
            draft: true,
          });
          for (const [index, id] of ids.entries()) {
            const own = commits.filter((commit) => 'stream' in commit && commit.stream.id === id);
            expect(currentBlocks(own).map(({ text }) => text)).toStrictEqual(
              readBlocks(texts[index] ?? '').map(({ text }) => text),
            );
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('drafts', () => {
  it('are emitted whenever a commit changes them, with the unfinished line', () => {
    const events = [...characters('a', '- a\n\n'), ...characters('a', 'b\n---\n#'), end('a')];
    expect(blocksOf(linesOfEvents(events, { tail: true }), { draft: true })).toStrictEqual([
      'open a',
      'draft a 0 list 0 "-"',
      'draft a 0 list 0 "- "',
      'draft a 0 list 0 "- a"',
      'draft a 0 list 0 "- a\\n"',
      'draft a 0 list 0 "- a\\n\\nb"',
      'block a 0 list 0-1 "- a\\n"',
      'draft a 1 paragraph 2 "b\\n"',
      'draft a 1 heading 2 "b\\n-"',
      'draft a 1 heading 2 "b\\n--"',
      'draft a 1 heading 2 "b\\n---"',
      'block a 1 heading 2-4 "b\\n---\\n"',
      'draft a 2 heading 4 "#"',
      'block a 2 heading 4-5 "#"',
      'close a end 3',
    ]);
  });

  it('have only whole lines without tails', () => {
    expect(blocksOf(linesOfEvents([...characters('a', '| a |\n|-|\nb')]), { draft: true })).toStrictEqual([
      'open a',
      'draft a 0 paragraph 0 "| a |\\n"',
      'draft a 0 table 0 "| a |\\n|-|\\n"',
      'draft a 0 table 0 "| a |\\n|-|\\nb"',
      'block a 0 table 0-3 "| a |\\n|-|\\nb"',
      'close a complete 1',
    ]);
  });

  it('are not emitted again when unchanged', () => {
    const commits = [
      open(a),
      tail(a, 0, 'x'),
      tail(a, 0, 'x'),
      part(a, 0, 'x'),
      tail(a, 0, ''),
      line(a, 0, ''),
      line(a, 1, ' '),
    ];
    expect(blocksOf(commits, { draft: true }).filter((word) => word.startsWith('draft'))).toStrictEqual([
      'draft a 0 paragraph 0 "x"',
      'draft a 0 paragraph 0 "x\\n"',
    ]);
  });

  it('are not emitted again when only white space after the block has changed', () => {
    const commits = [open(a), line(a, 0, 'x'), tail(a, 1, ' '), tail(a, 1, '  '), line(a, 1, '  ')];
    expect(blocksOf(commits, { draft: true }).filter((word) => word.startsWith('draft'))).toStrictEqual([
      'draft a 0 paragraph 0 "x\\n"',
    ]);
  });

  it('are emitted again when a tail is replaced by one of the same length', () => {
    expect(blocksOf([tail(a, 0, 'x'), tail(a, 0, 'y')], { draft: true })).toStrictEqual([
      'open a',
      'draft a 0 paragraph 0 "x"',
      'draft a 0 paragraph 0 "y"',
      'close a complete 0',
    ]);
  });

  const anyText = fc.oneof(
    documentText,
    fc.constantFrom(...examples.map(({ text }) => text), ...tables, ...maths),
  );

  it('are what the next block would be if the text ended now', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(anyText, (text) => {
        fc.pre(!hasDeviation(text) && text.length < 300);
        let draft: Extract<BlockCommit, { readonly type: 'draft' }> | undefined;
        let committed = 0;
        const source = new Subject<DeltaEvent>();
        source
          .pipe(commitLines({ tail: true }), commitBlocks({ math: true, draft: true }))
          .subscribe((commit) => {
            if (commit.type === 'draft') {
              draft = commit;
            } else if (commit.type === 'block') {
              committed++;
              draft = undefined;
            }
          });
        let length = 0;
        for (const event of characters('a', text)) {
          source.next(event);
          length += event.delta.length;
          const soFar = text.slice(0, length);
          const blocks = parseBlocks(soFar);
          const first = blocks[committed];
          expect(draft === undefined).toBe(first === undefined);
          if (draft !== undefined && first !== undefined && !hasDeviation(soFar)) {
            expect([soFar, draft.index, draft.block, draft.from]).toStrictEqual([
              soFar,
              committed,
              first.block,
              first.from,
            ]);
            const last = blocks.at(-1) ?? first;
            expect([soFar, draft.text]).toStrictEqual([
              soFar,
              soFar
                .split(/(?<=\n)/)
                .slice(first.from, last.to)
                .join(''),
            ]);
          }
        }
      }),
      { numRuns: 100, seed: SEED },
    );
  });

  it('treat a CR as part of the line end until another character follows', () => {
    const events = [...characters('a', '\r\n \r\na\r\n---'), delta('a', '\r'), delta('a', '\n\rb'), end('a')];
    expect(blocksOf(linesOfEvents(events, { tail: true }), { draft: true })).toStrictEqual([
      'open a',
      'draft a 0 paragraph 2 "a"',
      'draft a 0 paragraph 2 "a\\r"',
      'draft a 0 paragraph 2 "a\\r\\n"',
      'draft a 0 heading 2 "a\\r\\n-"',
      'draft a 0 heading 2 "a\\r\\n--"',
      'draft a 0 heading 2 "a\\r\\n---"',
      'draft a 0 heading 2 "a\\r\\n---\\r"',
      'block a 0 heading 2-4 "a\\r\\n---\\r\\n"',
      'draft a 1 paragraph 4 "\\rb"',
      'block a 1 paragraph 4-5 "\\rb"',
      'close a end 2',
    ]);
  });

  // prettier-ignore
  it.each([
    { line: '```',    draft: 'code 0 "```\\n "' },
    { line: '<!--',   draft: 'html 0 "<!--\\n "' },
    { line: '- ```',  draft: 'list 0 "- ```\\n "' },
    { line: '> ```',  draft: 'blockquote 0 "> ```\\n"' },
    { line: '<div>',  draft: 'html 0 "<div>\\n"' },
    { line: 'a',      draft: 'paragraph 0 "a\\n"' },
  ])('have an unfinished blank line if it is content: $line', ({ line: text, draft }) => {
    expect(blocksOf([line(a, 0, text), tail(a, 1, ' ')], { draft: true }).at(-3)).toBe(`draft a 0 ${draft}`);
  });

  it('are emitted again when the same tail is in a later line', () => {
    expect(
      blocksOf([tail(a, 0, 'x'), line(a, 0, ''), tail(a, 1, 'x')], { draft: true }).slice(1, 3),
    ).toStrictEqual(['draft a 0 paragraph 0 "x"', 'draft a 0 paragraph 1 "x"']);
  });

  it('are recomputed when a tail becomes shorter', () => {
    expect(blocksOf([tail(a, 0, 'word'), tail(a, 0, '#')], { draft: true }).slice(1, 3)).toStrictEqual([
      'draft a 0 paragraph 0 "word"',
      'draft a 0 heading 0 "#"',
    ]);
  });

  it.each([
    { title: 'a paragraph', text: 'word '.repeat(13_000) },
    { title: 'a paragraph that continues', text: `a\n${'word '.repeat(13_000)}` },
    { title: 'a list', text: `- a\n${'word '.repeat(13_000)}` },
    { title: 'a table', text: `| ${'word '.repeat(13_000)}` },
    { title: 'a tag', text: `<div>${'word '.repeat(13_000)}` },
    { title: 'a rule', text: '-'.repeat(60_000) },
    { title: 'a rule with spaces', text: '* '.repeat(30_000) },
    { title: 'blanks', text: ' '.repeat(60_000) },
    { title: 'a definition', text: `[a]: ${'b'.repeat(60_000)}` },
    { title: 'code in a paragraph', text: `\`\`\`${'b'.repeat(60_000)}` },
    { title: 'a delimiter row', text: `a\n|${'-'.repeat(60_000)}` },
    { title: 'a quote', text: `> ${'b'.repeat(60_000)}` },
    { title: 'a fence', text: `\`\`\`\n${'b'.repeat(60_000)}` },
    { title: 'a link', text: `[a](${'b'.repeat(60_000)}` },
  ])('cost time in proportion to the added text, in a long line of $title', ({ text }) => {
    const [first = '', second] = text.split('\n');
    const head = second === undefined ? [] : [line(a, 0, first)];
    const index = head.length;
    const unfinished = second ?? first;
    const tails = Array.from({ length: unfinished.length }, (_, i) =>
      tail(a, index, unfinished.slice(0, i + 1)),
    );
    let drafts = 0;
    const work = new WorkCounter().count(() => {
      drafts = run([...head, ...tails], { draft: true }).filter(({ type }) => type === 'draft').length;
    });
    expect(drafts).toBe(unfinished.trim() === '' ? 0 : tails.length + index);
    // At most, the first 1,024 characters are read again for each draft.
    expect(work).toBeLessThanOrEqual(4 * 1024 * 1024 + 20 * unfinished.length);
  });
});

describe('the work', () => {
  /** The number of characters that are read, searched or copied. Each committed block is read, as by a renderer. */
  function workOf(text: string, options: BlockOptions): number {
    const commits = linesOfEvents([delta('a', text), end('a')]);
    return new WorkCounter().count(() => {
      from(commits)
        .pipe(commitBlocks(options))
        .subscribe((commit) => commit.type === 'block' && commit.text.charCodeAt(commit.text.length - 1));
    });
  }

  it.each(shapes.flatMap(({ shape, text }) => [false, true].map((draft) => ({ shape, text, draft }))))(
    'is linear for $shape, draft: $draft',
    { timeout: 60_000 },
    ({ text, draft }) => {
      const [few = '', many = ''] = [4_000, 16_000].map(text);
      const work = workOf(many, { draft });
      expect(work / workOf(few, { draft })).toBeLessThanOrEqual((1.1 * many.length) / few.length);
      expect(work).toBeLessThanOrEqual(20 * many.length);
    },
  );

  it('is linear for a quote 1,000 levels deep, even without maxNesting', { timeout: 60_000 }, () => {
    const text = (lines: number) => `${'> '.repeat(1000)}text\n`.repeat(lines);
    const options = { maxNesting: Infinity, draft: true };
    expect(workOf(text(160), options) / workOf(text(40), options)).toBeLessThanOrEqual(4.4);
  });
});

describe('revise', () => {
  it('withdraws the block of the line, and all later blocks', () => {
    const events = [delta('a', '# a\n\nb\nc\n\nd\n'), end('a', '# a\n\nb\nC\n\nd\n')];
    expect(blocksOf(linesOfEvents(events))).toStrictEqual([
      'open a',
      'block a 0 heading 0-1 "# a\\n"',
      'block a 1 paragraph 2-4 "b\\nc\\n"',
      'revise a 1',
      'block a 1 paragraph 2-4 "b\\nC\\n"',
      'block a 2 paragraph 5-6 "d\\n"',
      'close a end 3',
    ]);
  });

  it('also withdraws a block that the line had ended', () => {
    const commits = [open(a), line(a, 0, 'a'), line(a, 1, '# b'), revise(a, 1), line(a, 1, 'b'), close(a, 2)];
    expect(blocksOf(commits)).toStrictEqual([
      'open a',
      'block a 0 paragraph 0-1 "a\\n"',
      'block a 1 heading 1-2 "# b\\n"',
      'revise a 0',
      'block a 0 paragraph 0-2 "a\\nb\\n"',
      'close a end 1',
    ]);
  });

  it('does not withdraw a block that had ended before the line', () => {
    const commits = [line(a, 0, '# a'), line(a, 1, '# b'), revise(a, 1), line(a, 1, '# c'), close(a, 2)];
    expect(blocksOf(commits)).toStrictEqual([
      'open a',
      'block a 0 heading 0-1 "# a\\n"',
      'block a 1 heading 1-2 "# b\\n"',
      'revise a 1',
      'block a 1 heading 1-2 "# c\\n"',
      'close a end 2',
    ]);
  });

  // The header row begins no list, because it continues a paragraph.
  it.each([
    { title: 'complete', rows: ['', 'c'] },
    { title: 'open', rows: ['| b |'] },
  ])('does not withdraw the header row of a table that is $title', ({ rows }) => {
    const texts = ['a', '2) x', '|-|', ...rows];
    const commits = [...texts.map((text, index) => line(a, index, text)), revise(a, 3), line(a, 3, '| d |')];
    expect(blocksOf(commits).filter((word) => !word.startsWith('block a 2'))).toStrictEqual([
      'open a',
      'block a 0 paragraph 0-1 "a\\n"',
      ...(rows.length === 1 ? [] : ['block a 1 table 1-3 "2) x\\n|-|\\n"', 'revise a 1']),
      'block a 1 table 1-4 "2) x\\n|-|\\n| d |\\n"',
      'close a complete 2',
    ]);
  });

  it('emits nothing when no block is committed from the line on', () => {
    const commits = [
      line(a, 0, 'a'),
      part(a, 1, 'b'),
      revise(a, 1),
      line(a, 1, 'c'),
      revise(a, 7),
      close(a, 2),
    ];
    expect(blocksOf(commits)).toStrictEqual([
      'open a',
      'block a 0 paragraph 0-2 "a\\nc\\n"',
      'close a end 1',
    ]);
  });

  it('withdraws a draft', () => {
    const commits = [line(a, 0, 'a'), revise(a, 0), line(a, 0, ''), close(a, 1)];
    expect(blocksOf(commits, { draft: true })).toStrictEqual([
      'open a',
      'draft a 0 paragraph 0 "a\\n"',
      'revise a 0',
      'close a end 0',
    ]);
  });

  it('of a line that is no longer retained withdraws nothing, and later lines are ignored', () => {
    const lines = ['# a', '# b', 'c'].map((text, index) => line(a, index, text));
    const options = { maxRetained: 4, draft: true };
    expect(
      blocksOf([...lines, revise(a, 0), line(a, 0, '# d'), tail(a, 1, 'e'), close(a, 1)], options),
    ).toStrictEqual([
      'open a',
      'block a 0 heading 0-1 "# a\\n"',
      'block a 1 heading 1-2 "# b\\n"',
      'draft a 2 paragraph 2 "c\\n"',
      'block a 2 paragraph 2-3 "c\\n"',
      'close a end 3',
    ]);
    expect(
      blocksOf([...lines, revise(a, 1), line(a, 1, '# d'), close(a, 1)], options).slice(4),
    ).toStrictEqual(['revise a 1', 'block a 1 heading 1-2 "# d\\n"', 'close a end 2']);
  });

  it('withdraws nothing where lines were filtered out', () => {
    expect(
      blocksOf([line(a, 0, 'a'), line(a, 5, 'b'), revise(a, 5), line(a, 5, 'c'), close(a, 6)]),
    ).toStrictEqual(['open a', 'block a 0 paragraph 0-6 "a\\nb\\n"', 'close a end 1']);
  });

  // prettier-ignore
  it.each([
    { title: 'after a blank line in a block',  text: '# a\n- b\n\n',                index: 0 },
    { title: 'in a table after a paragraph',   text: 'a\n| b |\n|-|\n\n',           index: 2 },
    { title: 'after the header row',           text: '| a |\n|-|\n',                index: 1 },
    { title: 'after the rows of a table',      text: '| a |\n|-|\n| b |\n| c |\n',  index: 3 },
    { title: 'after a line that ends in CRLF', text: '-\r\n  a\r\n',                index: 1 },
  ])('leads to the blocks of the corrected text $title', ({ text, index }) => {
    const lines = linesOfEvents([delta('a', text)]).filter(({ type }) => type === 'line');
    const commits = [...lines, revise(a, index), line(a, index, '  x'), close(a, index + 1)];
    const blocks = currentBlocks(run(commits));
    const right = `${text.split(/(?<=\n)/).slice(0, index).join('')}  x\n`;
    expect(
      blocks.map(({ block, from: first, to, text: source }) => ({ block, from: first, to, text: source })),
    ).toStrictEqual(readBlocks(right));
  });

  it('ignores a revise of a line that has not been received', () => {
    const commits = [revise(a, 1), part(a, 0, 'x'), revise(a, 7), line(a, 0, 'y'), close(a, 1)];
    expect(blocksOf(commits, { draft: true })).toStrictEqual([
      'open a',
      'draft a 0 paragraph 0 "x"',
      'draft a 0 paragraph 0 "xy\\n"',
      'block a 0 paragraph 0-1 "xy\\n"',
      'close a end 1',
    ]);
  });

  it('leads to the blocks of the corrected text, whichever line it withdraws', () => {
    const lines = fc.array(
      fc.constantFrom(
        'a',
        '# b',
        '- c',
        '  d',
        '',
        '```',
        '> e',
        '---',
        '| f |',
        '|---|',
        '2. g',
        '|-|',
        '<h>',
        '    i',
        '[j]: /k',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(fc.record({ lines, back: fc.nat({ max: 9 }) }), { maxLength: 6 }),
        fc.boolean(),
        (steps, draft) => {
          const text: string[] = [];
          const commits: Commit[] = [open(a)];
          for (const step of steps) {
            const index = Math.max(text.length - step.back, 0);
            commits.push(revise(a, index));
            text.length = index;
            for (const each of step.lines) {
              commits.push(line(a, text.length, each));
              text.push(each);
            }
          }
          commits.push(close(a, text.length));
          const blocks = currentBlocks(run(commits, { draft }));
          expect(
            blocks.map(({ block, from: first, to, text: source }) => ({
              block,
              from: first,
              to,
              text: source,
            })),
          ).toStrictEqual(readBlocks(text.map((each) => `${each}\n`).join('')));
          expect(blocks.map(({ index }) => index)).toStrictEqual(blocks.map((_, index) => index));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('for all commits', () => {
  it('has one open first and one close last for each stream, and counts its blocks', () => {
    fc.assert(
      fc.property(commitList, fc.boolean(), (commits, draft) => {
        const out = run(commits, { draft });
        const streams = new Set(out.map((commit) => ('stream' in commit ? commit.stream : undefined)));
        streams.delete(undefined);
        expect(streams.size).toBe(byStream(commits).size);
        for (const stream of streams) {
          const own = out.filter((commit) => 'stream' in commit && commit.stream === stream);
          expect(own.map(({ type }) => type).join(' ')).toMatch(/^open( block| draft| revise)* close$/);
          const last = own.at(-1);
          expect(last?.type === 'close' && last.blocks).toBe(currentBlocks(own).length);
        }
        expect(out.filter(({ type }) => type === 'drop')).toStrictEqual(
          commits.filter(({ type }) => type === 'drop'),
        );
      }),
    );
  });

  it('closes a stream with the reason error when the source fails', () => {
    const error = new Error('boom');
    const failing = concat(
      from([open(a), line(a, 0, 'x')]),
      throwError(() => error),
    );
    const seen: unknown[] = [];
    failing.pipe(commitBlocks() as OperatorFunction<Commit, BlockCommit>).subscribe({
      next: (commit) => seen.push(showBlock(commit)),
      error: (failure: unknown) => seen.push(failure),
    });
    expect(seen).toStrictEqual(['open a', 'block a 0 paragraph 0-1 "x\\n"', 'close a error 1', error]);
  });
});

describe('options', () => {
  it.each([
    { tables: false },
    { math: true },
    { draft: true },
    { maxRetained: 0 },
    { maxRetained: Infinity },
    { maxNesting: 1 },
    { maxNesting: Infinity },
    { tables: undefined, math: undefined, draft: undefined, maxRetained: undefined, maxNesting: undefined },
    {},
    undefined,
  ])('are accepted: %o', (options) => {
    expect(() => commitBlocks(options)).not.toThrow();
  });

  // prettier-ignore
  it.each([
    { options: null,                error: TypeError,  message: 'The options are null, but must be an object' },
    { options: { tables: 1 },       error: TypeError,  message: 'The option tables is 1, but must be true or false' },
    { options: { math: 'yes' },     error: TypeError,  message: 'The option math is "yes", but must be true or false' },
    { options: { draft: null },     error: TypeError,  message: 'The option draft is null, but must be true or false' },
    { options: { maxRetained: -1 }, error: RangeError, message: 'The option maxRetained is -1, but must be a whole number from 0, or Infinity' },
    { options: { maxNesting: 0 },   error: RangeError, message: 'The option maxNesting is 0, but must be a whole number from 1, or Infinity' },
    { options: { maxNesting: '1' }, error: TypeError,  message: 'The option maxNesting is "1"' },
  ])('are refused when the operator is created: $options', ({ options, error, message }) => {
    const create = commitBlocks as (options: unknown) => unknown;
    expect(() => create(options)).toThrow(error);
    expect(() => create(options)).toThrow(message);
  });
});
