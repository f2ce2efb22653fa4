import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

import { LineAccumulator, LineContext } from '../../../src/core/lines/lineAccumulator.js';
import type { Commit, LineCommit } from '../../../src/index.js';
import { pieces, text, textOf } from '../../support/arbitraries.js';
import { heapUsed } from '../../support/heapUsed.js';
import { plainRules } from '../../support/rules.js';
import { sinkOf } from '../../support/sink.js';

const stream = { kind: 'answer', id: 'a', generation: 0 };
const rules = plainRules;

function accumulate(deltas: readonly string[], maxLineLength = 65_536): readonly Commit[] {
  const commits: Commit[] = [];
  const sink = sinkOf<Commit>((commit) => commits.push(commit));
  const lines = new LineAccumulator(stream, 'start', new LineContext({ ...rules, maxLineLength }, sink));
  for (const delta of deltas) {
    lines.delta(delta);
  }
  lines.close('end', {});
  return commits;
}

function linesOf(commits: readonly Commit[]): readonly LineCommit[] {
  return commits.filter((commit) => commit.type === 'line');
}

/** Each line as `index text eol`. */
function show(commits: readonly Commit[]): readonly string[] {
  return linesOf(commits).map(({ index, text: line, eol }) => JSON.stringify([index, line, eol]));
}

describe('LineContext', () => {
  it.each([false, true])('tells whether the subscriber has unsubscribed: %s', (closed) => {
    expect(new LineContext(rules, { ...sinkOf(), closed }).closed).toBe(closed);
  });
});

describe('LineAccumulator', () => {
  // prettier-ignore
  it.each([
    { title: 'ends a line at LF',                          deltas: ['a\nb'],           lines: ['[0,"a","\\n"]', '[1,"b",""]'] },
    { title: 'ends a line at CR LF',                       deltas: ['a\r\nb'],         lines: ['[0,"a","\\r\\n"]', '[1,"b",""]'] },
    { title: 'recognizes CR LF cut in two',                deltas: ['a\r', '\nb'],     lines: ['[0,"a","\\r\\n"]', '[1,"b",""]'] },
    { title: 'recognizes CR LF with empty deltas between', deltas: ['a\r', '', '\n'],  lines: ['[0,"a","\\r\\n"]'] },
    { title: 'recognizes CR LF on its own',                deltas: ['\r', '\n'],       lines: ['[0,"","\\r\\n"]'] },
    { title: 'treats a lone CR as text',                   deltas: ['a\rb\n'],         lines: ['[0,"a\\rb","\\n"]'] },
    { title: 'treats a CR before text as text',            deltas: ['a\r', 'b\n'],     lines: ['[0,"a\\rb","\\n"]'] },
    { title: 'treats only the last CR as a line end',      deltas: ['a\r', '\r\n'],    lines: ['[0,"a\\r","\\r\\n"]'] },
    { title: 'treats a CR at the very end as text',        deltas: ['a\r'],            lines: ['[0,"a\\r",""]'] },
    { title: 'takes the CR before a line that began',      deltas: ['\r', 'a', '\n'],  lines: ['[0,"\\ra","\\n"]'] },
    { title: 'deletes a CR with its line',                 deltas: ['\r\n', '\n'],     lines: ['[0,"","\\r\\n"]', '[1,"","\\n"]'] },
    { title: 'keeps empty lines',                          deltas: ['\n\n', '\n'],     lines: ['[0,"","\\n"]', '[1,"","\\n"]', '[2,"","\\n"]'] },
    { title: 'has no line for no text',                    deltas: ['', ''],           lines: [] },
    { title: 'has no line after the last line end',        deltas: ['a\n'],            lines: ['[0,"a","\\n"]'] },
    { title: 'recognizes no other line ends',              deltas: ['\u2028\u2029\u0085\v\f'], lines: ['[0,"\u2028\u2029\u0085\\u000b\\f",""]'] },
    { title: 'joins a surrogate pair cut in two',          deltas: ['\ud83d', '\ude00'], lines: ['[0,"\u{1F600}",""]'] },
    { title: 'keeps a lone surrogate',                     deltas: ['\ude00', '\n'],   lines: ['[0,"\\ude00","\\n"]'] },
  ])('$title', ({ deltas, lines }) => {
    expect(show(accumulate(deltas))).toStrictEqual(lines);
  });

  // prettier-ignore
  it.each([
    { title: 'leaves a line of exactly the limit whole', deltas: ['abc\n'],            lines: ['[0,"abc","\\n"]'] },
    { title: 'cuts a line over the limit',               deltas: ['abcd\n'],           lines: ['[0,"abc",""]', '[0,"d","\\n"]'] },
    { title: 'does not count a CR that ends the line',   deltas: ['abc\r', '\n'],      lines: ['[0,"abc","\\r\\n"]'] },
    { title: 'counts a CR that turns out to be text',    deltas: ['abc\r', 'd\n'],     lines: ['[0,"abc",""]', '[0,"\\rd","\\n"]'] },
    { title: 'cuts a CR at the very end off',            deltas: ['abc\r'],            lines: ['[0,"abc",""]', '[0,"\\r",""]'] },
    { title: 'counts a CR inside the limit',             deltas: ['ab\r', 'c', '\n'],  lines: ['[0,"ab\\r",""]', '[0,"c","\\n"]'] },
    { title: 'cuts before a surrogate pair',             deltas: ['ab\u{1F600}'],      lines: ['[0,"ab",""]', '[0,"\u{1F600}",""]'] },
    { title: 'cuts before a surrogate pair cut in two',  deltas: ['ab\ud83d', '\ude00'], lines: ['[0,"ab",""]', '[0,"\u{1F600}",""]'] },
    { title: 'cuts after a lone high surrogate',         deltas: ['ab\ud83dc'],        lines: ['[0,"ab\\ud83d",""]', '[0,"c",""]'] },
    { title: 'cuts after a pair that fits',              deltas: ['a\u{1F600}b'],      lines: ['[0,"a\u{1F600}",""]', '[0,"b",""]'] },
    { title: 'cuts as often as needed',                  deltas: ['abcdefgh\ni'],      lines: ['[0,"abc",""]', '[0,"def",""]', '[0,"gh","\\n"]', '[1,"i",""]'] },
    { title: 'cuts a line that came whole',              deltas: ['x\nabcd\ny'],       lines: ['[0,"x","\\n"]', '[1,"abc",""]', '[1,"d","\\n"]', '[2,"y",""]'] },
  ])('$title (of 3)', ({ deltas, lines }) => {
    expect(show(accumulate(deltas, 3))).toStrictEqual(lines);
  });

  it('commits a part as soon as more text of the line arrives', () => {
    const commits: Commit[] = [];
    const sink = sinkOf<Commit>((commit) => commits.push(commit));
    const lines = new LineAccumulator(stream, 'start', new LineContext({ ...rules, maxLineLength: 3 }, sink));
    lines.delta('abc');
    expect(commits).toHaveLength(0);
    lines.delta('d');
    expect(show(commits)).toStrictEqual(['[0,"abc",""]']);
  });

  it.each([
    { deltas: [], lines: 0 },
    { deltas: ['a'], lines: 1 },
    { deltas: ['a\n'], lines: 1 },
    { deltas: ['a\nb'], lines: 2 },
    { deltas: ['abcdefg'], lines: 1 },
  ])('closes $deltas with $lines lines', ({ deltas, lines }) => {
    expect(accumulate(deltas, 3).at(-1)).toStrictEqual({ type: 'close', stream, reason: 'end', lines });
  });

  it('uses the full text if there were no deltas', () => {
    const commits: Commit[] = [];
    const sink = sinkOf<Commit>((commit) => commits.push(commit));
    new LineAccumulator(stream, 'start', new LineContext({ ...rules, maxLineLength: 3 }, sink)).close('end', {
      text: 'a\nb',
    });
    expect(show(commits)).toStrictEqual(['[0,"a","\\n"]', '[1,"b",""]']);
  });

  it('has the finish reason of the producer in the close, if there is one', () => {
    const closes = ['length', undefined].map((finishReason) => {
      const commits: Commit[] = [];
      const sink = sinkOf<Commit>((commit) => commits.push(commit));
      new LineAccumulator(stream, 'start', new LineContext(rules, sink)).close('end', { finishReason });
      return commits;
    });
    expect(closes).toStrictEqual([
      [{ type: 'close', stream, reason: 'end', lines: 0, finishReason: 'length' }],
      [{ type: 'close', stream, reason: 'end', lines: 0 }],
    ]);
  });

  it('has the error in the close of a failed stream, even if it is undefined', () => {
    const commits: Commit[] = [];
    const sink = sinkOf<Commit>((commit) => commits.push(commit));
    new LineAccumulator(stream, 'start', new LineContext({ ...rules, maxLineLength: 3 }, sink)).close(
      'error',
      { error: undefined },
    );
    expect(commits).toStrictEqual([{ type: 'close', stream, reason: 'error', lines: 0, error: undefined }]);
  });

  // prettier-ignore
  it.each([
    { title: 'the first pair of all',                  text: 'a\ud800\udc00b', parts: ['a', '\ud800\udc00', 'b'] },
    { title: 'the last pair of all',                   text: 'a\udbff\udfffb', parts: ['a', '\udbff\udfff', 'b'] },
    { title: 'no pair: a code unit before the halves', text: 'a\ud7ff\udc00b', parts: ['a\ud7ff', '\udc00b'] },
    { title: 'no pair: two first halves',              text: 'a\ud800\udbffb', parts: ['a\ud800', '\udbffb'] },
    { title: 'no pair: two second halves',             text: 'a\udc00\udfffb', parts: ['a\udc00', '\udfffb'] },
    { title: 'no pair: the last code unit',            text: 'a\uffffb',       parts: ['a\uffff', 'b'] },
    { title: 'no pair: a code unit after the halves',  text: 'a\ud800\ue000b', parts: ['a\ud800', '\ue000b'] },
  ])('cuts a line beside $title', ({ text: whole, parts }) => {
    expect(linesOf(accumulate([whole], 2)).map((line) => line.text)).toStrictEqual(parts);
  });

  // prettier-ignore
  it.each([
    { title: 'line',             delta: '1\n2\n3\n', first: '[0,"1","\\n"]' },
    { title: 'part of a line',   delta: 'abcdefghij', first: '[0,"abc",""]' },
  ])('commits no further $title once the subscriber has unsubscribed', ({ delta, first }) => {
    const commits: Commit[] = [];
    const sink = {
      closed: false,
      next(commit: Commit) {
        commits.push(commit);
        this.closed = true;
      },
    };
    const lines = new LineAccumulator(stream, 'start', new LineContext({ ...rules, maxLineLength: 3 }, sink));
    lines.delta(delta);
    expect(show(commits)).toStrictEqual([first]);
  });

  it('looks for no soft commit once the subscriber has unsubscribed', () => {
    const sink = {
      closed: false,
      next() {
        this.closed = true;
      },
    };
    const segment = vi.fn<Intl.Segmenter['segment']>();
    const context = new LineContext({ ...rules, softChars: 3, segmenter: { segment } }, sink);
    new LineAccumulator(stream, 'start', context).delta('1\na long tail');
    expect(sink.closed).toBe(true);
    expect(segment).not.toHaveBeenCalled();
  });

  it('never reads the tail while a line continues', () => {
    // Reading would flatten it, and each delta would cost as much as all the deltas before it together.
    const lines = new LineAccumulator(
      stream,
      'start',
      new LineContext(
        { ...rules, maxLineLength: 100 },
        sinkOf(() => expect.unreachable()),
      ),
    );
    const lengths: number[] = [];
    const readers = ['at', 'charCodeAt', 'endsWith', 'indexOf', 'slice', 'substring'] as const;
    for (const name of readers) {
      const original: unknown = Reflect.get(String.prototype, name);
      vi.spyOn(String.prototype, name).mockImplementation(function (this: string, ...parameters: unknown[]) {
        lengths.push(this.length);
        return Reflect.apply(original as () => never, this, parameters) as never;
      });
    }
    for (const delta of ['a', 'b', '\r', '\ud83d', 'c']) {
      lines.delta(delta);
    }
    vi.restoreAllMocks();
    expect(lengths.length).toBeGreaterThan(0);
    expect(Math.max(...lengths)).toBe(1);
  });

  describe('for every text, every cut of it and every limit', () => {
    const cutText = text.chain((whole) => fc.tuple(fc.constant(whole), pieces(whole)));
    const limit = fc.integer({ min: 2, max: 9 });

    it('the lines join to the text', () => {
      fc.assert(
        fc.property(cutText, limit, ([whole, deltas], maxLineLength) => {
          expect(textOf(accumulate(deltas, maxLineLength))).toBe(whole);
        }),
      );
    });

    it('the lines do not depend on the cut', () => {
      fc.assert(
        fc.property(cutText, limit, ([whole, deltas], maxLineLength) => {
          expect(accumulate(deltas, maxLineLength)).toStrictEqual(accumulate([whole], maxLineLength));
        }),
      );
    });

    it('the lines are those of the text', () => {
      fc.assert(
        fc.property(cutText, ([whole, deltas]) => {
          const ends = whole.split(/(\r?\n)/u);
          const lines = ends.flatMap((line, at) =>
            at % 2 === 0 && (at < ends.length - 1 || line !== '')
              ? [JSON.stringify([at / 2, line, ends[at + 1] ?? ''])]
              : [],
          );
          expect(show(accumulate(deltas))).toStrictEqual(lines);
        }),
      );
    });

    it('indices have no gaps, and the close has their number', () => {
      fc.assert(
        fc.property(cutText, limit, ([, deltas], maxLineLength) => {
          const commits = accumulate(deltas, maxLineLength);
          let expected = 0;
          for (const line of linesOf(commits)) {
            expect(line.index).toBe(expected);
            expected = line.eol === '' ? expected : expected + 1;
          }
          const last = linesOf(commits).at(-1);
          expect(commits.at(-1)).toMatchObject({ lines: last === undefined ? 0 : last.index + 1 });
        }),
      );
    });

    it('no part is longer than the limit, and all but the last of a line are full', () => {
      fc.assert(
        fc.property(cutText, limit, ([, deltas], maxLineLength) => {
          const lines = linesOf(accumulate(deltas, maxLineLength));
          lines.forEach((line, position) => {
            expect(line.text.length).toBeLessThanOrEqual(maxLineLength);
            if (lines[position + 1]?.index === line.index) {
              expect(line.text.length).toBeGreaterThanOrEqual(maxLineLength - 1);
            }
          });
        }),
      );
    });

    it('no cut falls inside a surrogate pair or between CR and LF', () => {
      fc.assert(
        fc.property(cutText, limit, ([, deltas], maxLineLength) => {
          const lines = linesOf(accumulate(deltas, maxLineLength));
          lines.forEach((line, position) => {
            const next = lines[position + 1];
            if (line.eol === '' && next !== undefined) {
              expect(line.text.slice(-1) + next.text.slice(0, 1)).not.toMatch(
                /^[\ud800-\udbff][\udc00-\udfff]$/,
              );
              expect(line.text.slice(-1) + next.text + next.eol).not.toMatch(/^\r\n/);
            }
          });
        }),
      );
    });
  });

  it('retains at most 120 bytes for each delta of lines that nothing reads', () => {
    const deltas = 100_000;
    const lines = new LineAccumulator(stream, 'start', new LineContext(rules, sinkOf()));
    const before = heapUsed();
    for (let number = 0; number < deltas; number++) {
      lines.delta(number % 10 === 0 ? `${String(number)}\n` : `${String(number)} `);
    }
    expect((heapUsed() - before) / deltas).toBeLessThan(120);
    expect(lines.retained).toBeDefined();
  });

  it('does not retain a huge delta because of a short tail', () => {
    const megabyte = 2 ** 20;
    const before = heapUsed();
    const streams = Array.from({ length: 50 }, (_, number) => {
      const lines = new LineAccumulator(
        stream,
        'start',
        new LineContext({ ...rules, maxLineLength: 100, reconcile: 'off' }, sinkOf()),
      );
      lines.delta(`${String(number).repeat(megabyte)}\n${'tail '.repeat(10)}`);
      return lines;
    });
    expect(heapUsed() - before).toBeLessThan(5 * megabyte);
    expect(streams.at(-1)?.tail).toBe('tail '.repeat(10));
  });
});
