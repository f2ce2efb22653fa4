import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LineAccumulator, LineContext, type LineRules } from '../../../src/core/lines/lineAccumulator.js';
import type { Commit } from '../../../src/index.js';
import { pieces, text, textOf } from '../../support/arbitraries.js';
import { plainRules } from '../../support/rules.js';
import { show } from '../../support/show.js';
import { sinkOf } from '../../support/sink.js';

const stream = { kind: 'answer', id: 'a', generation: 0 };
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function accumulate(
  deltas: readonly string[],
  someRules: Partial<LineRules>,
  fullText?: string,
): readonly Commit[] {
  const commits: Commit[] = [];
  const sink = sinkOf<Commit>((commit) => commits.push(commit));
  const lines = new LineAccumulator(stream, 'start', new LineContext({ ...plainRules, ...someRules }, sink));
  for (const delta of deltas) {
    lines.delta(delta);
  }
  lines.close('end', { text: fullText });
  return commits;
}

const toText = (deltas: readonly string[], someRules: Partial<LineRules>, fullText?: string) =>
  accumulate(deltas, someRules, fullText).map(show);

describe('tails', () => {
  const someRules = { tail: true };

  // prettier-ignore
  it.each([
    { title: 'are emitted when a delta adds to them',    deltas: ['he', 'llo'],      commits: ['tail a 0 he', 'tail a 0 hello', 'line a 0 hello', 'close a end 1'] },
    { title: 'follow the lines of their event',          deltas: ['one\ntw'],        commits: ['line a 0 one$', 'tail a 1 tw', 'line a 1 tw', 'close a end 2'] },
    { title: 'are emitted when a line end empties them', deltas: ['one', '\n'],      commits: ['tail a 0 one', 'line a 0 one$', 'tail a 1 ', 'close a end 1'] },
    { title: 'are not emitted when nothing was added',   deltas: ['one', ''],        commits: ['tail a 0 one', 'line a 0 one', 'close a end 1'] },
    { title: 'are not emitted if they stay empty',       deltas: ['one\n', '\n'],    commits: ['line a 0 one$', 'line a 1 $', 'close a end 2'] },
    { title: 'hold a CR that may end the line',          deltas: ['one\r', '\n'],    commits: ['tail a 0 one\r', 'line a 0 one$', 'tail a 1 ', 'close a end 1'] },
  ])('$title', ({ deltas, commits }) => {
    expect(toText(deltas, someRules)).toStrictEqual(commits);
  });

  it('continue after the parts of a line', () => {
    expect(toText(['abc', 'd'], { tail: true, maxLineLength: 3 })).toStrictEqual([
      'tail a 0 abc',
      'line a 0 abc',
      'tail a 0 d',
      'line a 0 d',
      'close a end 1',
    ]);
  });

  it('are not emitted while the stream closes', () => {
    expect(toText(['one'], someRules, 'one\ntwo')).toStrictEqual([
      'tail a 0 one',
      'line a 0 one$',
      'line a 1 two',
      'close a end 2',
    ]);
  });

  it('are the uncommitted text after each event', () => {
    const cut = text.chain((whole) => pieces(whole));
    fc.assert(
      fc.property(cut, fc.integer({ min: 2, max: 9 }), (deltas, maxLineLength) => {
        const commits: Commit[] = [];
        let told = '';
        const sink = sinkOf<Commit>((commit) => {
          commits.push(commit);
          told = commit.type === 'tail' ? commit.text : told;
        });
        const someRules = { ...plainRules, maxLineLength, tail: true };
        const lines = new LineAccumulator(stream, 'start', new LineContext(someRules, sink));
        let received = '';
        for (const delta of deltas) {
          lines.delta(delta);
          received += delta;
          expect(told).toBe(lines.tail);
          expect(textOf(commits) + told).toBe(received);
        }
      }),
    );
  });
});

describe('soft commits by length', () => {
  it('are not made by an empty delta, which emits no tail either', () => {
    const someRules = { tail: true, softChars: 4, segmenter };
    const deltas = ['foo <!ELEMENT br EMPTY'];
    expect(toText([...deltas, ''], someRules)).toStrictEqual(toText(deltas, someRules));
  });

  const someRules = { softChars: 8, segmenter };

  // prettier-ignore
  it.each([
    { title: 'wait for the length',                   deltas: ['seven77'],                    commits: ['line a 0 seven77', 'close a end 1'] },
    { title: 'take all but the last grapheme',        deltas: ['eight888'],                   commits: ['line a 0 eight88', 'line a 0 8', 'close a end 1'] },
    { title: 'continue the same line',                deltas: ['eight888', 'x\n'],            commits: ['line a 0 eight88', 'line a 0 8x$', 'close a end 1'] },
    { title: 'are repeated',                          deltas: ['aaaaaaaa', 'bbbbbbbb', 'c'],  commits: ['line a 0 aaaaaaa', 'line a 0 abbbbbbb', 'line a 0 bc', 'close a end 1'] },
    { title: 'prefer white space',                    deltas: ['a few words m'],              commits: ['line a 0 a few words ', 'line a 0 m', 'close a end 1'] },
    { title: 'do not cut an ended line',              deltas: ['a long line\n'],              commits: ['line a 0 a long line$', 'close a end 1'] },
    { title: 'take the tail after the lines',         deltas: ['a\nlong tail'],               commits: ['line a 0 a$', 'line a 1 long tai', 'line a 1 l', 'close a end 2'] },
    { title: 'leave no empty rest before a line end', deltas: ['eight8 ', ' ', '\n'],         commits: ['line a 0 eight8 ', 'line a 0  $', 'close a end 1'] },
  ])('$title', ({ deltas, commits }) => {
    expect(toText(deltas, someRules)).toStrictEqual(commits);
  });

  it('can take the whole tail without a segmenter, and the line continues', () => {
    const noSegmenter = { softChars: 8 };
    expect(toText(['eight888'], noSegmenter)).toStrictEqual(['line a 0 eight888', 'close a end 1']);
    expect(toText(['eight888', '\n'], noSegmenter)).toStrictEqual([
      'line a 0 eight888',
      'line a 0 $',
      'close a end 1',
    ]);
    expect(toText(['eight888'], noSegmenter, 'eight8889')).toStrictEqual([
      'line a 0 eight888',
      'line a 0 9',
      'close a end 1',
    ]);
  });

  it('precede the tail that they leave', () => {
    expect(toText(['eight888'], { ...someRules, tail: true })).toStrictEqual([
      'line a 0 eight88',
      'tail a 0 8',
      'line a 0 8',
      'close a end 1',
    ]);
  });

  it('are bounded like all commits', () => {
    const commits = accumulate(['x'.repeat(20)], { softChars: 4, maxLineLength: 6, segmenter });
    const lengths = commits.map((commit) => (commit.type === 'line' ? commit.text.length : 0));
    expect(Math.max(...lengths)).toBe(6);
  });

  it('try a single grapheme again only when its length has doubled, so that the cost is linear', () => {
    let tries = 0;
    const counting = {
      segment: (input: string) => {
        tries++;
        return segmenter.segment(input);
      },
    };
    const lines = new LineAccumulator(
      stream,
      'start',
      new LineContext({ ...plainRules, softChars: 8, segmenter: counting }, sinkOf()),
    );
    lines.delta('e');
    for (let accent = 0; accent < 10_000; accent++) {
      lines.delta('\u0301');
    }
    expect(tries).toBeLessThan(20);
  });

  it('can be revised from the beginning of their line', () => {
    expect(toText(['eight888'], someRules, 'eight999')).toStrictEqual([
      'line a 0 eight88',
      'revise a 0',
      'line a 0 eight999',
      'close a end 1',
    ]);
  });

  describe('for every text and every cut of it', () => {
    const graphemes = fc
      .array(
        fc.oneof(
          fc.constantFrom('\r', '\n', '\r\n', ' ', '\t'),
          fc.constantFrom(
            '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}',
            '\u{1F1E9}\u{1F1EA}',
            '\u{1F44D}\u{1F3FD}',
            'e\u0301',
            '한',
          ),
          fc.string({ maxLength: 4 }),
        ),
        { maxLength: 20 },
      )
      .map((parts) => parts.join(''));
    const cutText = fc.oneof(text, graphemes).chain((whole) => fc.tuple(fc.constant(whole), pieces(whole)));
    const chars = fc.integer({ min: 1, max: 12 });

    it('the lines join to the text', () => {
      fc.assert(
        fc.property(
          cutText,
          chars,
          fc.integer({ min: 2, max: 9 }),
          ([whole, deltas], softChars, maxLineLength) => {
            expect(textOf(accumulate(deltas, { softChars, segmenter, maxLineLength }))).toBe(whole);
            expect(textOf(accumulate(deltas, { softChars, maxLineLength }))).toBe(whole);
          },
        ),
      );
    });

    it('no cut falls inside a grapheme', () => {
      fc.assert(
        fc.property(cutText, chars, ([whole, deltas], softChars) => {
          const boundaries = new Set([...segmenter.segment(whole)].map(({ index }) => index));
          let position = 0;
          for (const commit of accumulate(deltas, { softChars, segmenter })) {
            if (commit.type === 'line') {
              position += commit.text.length + commit.eol.length;
              expect(position === whole.length || boundaries.has(position)).toBe(true);
            }
          }
        }),
      );
    });
  });
});
