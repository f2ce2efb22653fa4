import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LineAccumulator, LineContext, type LineRules } from '../../../src/core/lines/lineAccumulator.js';
import type { Commit } from '../../../src/index.js';
import { pieces, text, textOf } from '../../support/arbitraries.js';
import { plainRules } from '../../support/rules.js';
import { show } from '../../support/show.js';
import { sinkOf } from '../../support/sink.js';

const stream = { kind: 'answer', id: 'a', generation: 0 };
const rules = plainRules;

interface Received {
  readonly deltas: readonly string[];
  readonly fullText: string | undefined;
  readonly someRules?: Partial<LineRules>;
  readonly generation?: number;
  readonly opener?: 'start' | 'delta';
}

function accumulate({
  deltas,
  fullText,
  someRules,
  generation = 0,
  opener = 'delta',
}: Received): readonly Commit[] {
  const commits: Commit[] = [];
  const sink = sinkOf<Commit>((commit) => commits.push(commit));
  const lines = new LineAccumulator(
    { ...stream, generation },
    opener,
    new LineContext({ ...rules, ...someRules }, sink),
  );
  sink.next({ type: 'open', stream: lines.ref });
  for (const delta of deltas) {
    lines.delta(delta);
  }
  lines.close('end', { text: fullText });
  return commits;
}

function toText(received: Received): readonly string[] {
  return accumulate(received)
    .map(show)
    .filter((word) => !word.startsWith('open'));
}

/** `undefined` if nothing is retained. */
function retainedText({ retained }: LineAccumulator<string>): string | undefined {
  let joined: string | undefined = undefined;
  for (let line = retained; line !== undefined; line = line.previous) {
    joined = `${line.text}${line.eol}${joined ?? ''}`;
  }
  return joined;
}

describe('the producer’s full text', () => {
  // prettier-ignore
  it.each([
    { title: 'changes nothing when it is equal',        deltas: ['one\ntwo'],        fullText: 'one\ntwo',      commits: ['line a 0 one$', 'line a 1 two', 'close a end 2'] },
    { title: 'changes nothing with more white space',   deltas: ['one'],             fullText: 'one \r\n\n',    commits: ['line a 0 one', 'close a end 1'] },
    { title: 'changes nothing with less white space',   deltas: ['one \n\t\n\n'],    fullText: 'one',           commits: ['line a 0 one $', 'line a 1 \t$', 'line a 2 $', 'close a end 3'] },
    { title: 'changes nothing with other white space',  deltas: ['one\n\n'],         fullText: 'one\n \n',      commits: ['line a 0 one$', 'line a 1 $', 'close a end 2'] },
    { title: 'forgets the CR of a line that it withdraws', deltas: ['a\r'],      fullText: '\nb',          commits: ['revise a 0', 'line a 0 $', 'line a 1 b', 'close a end 2'] },
    { title: 'appends a lost rest',                     deltas: ['one\ntw'],         fullText: 'one\ntwo\n3',   commits: ['line a 0 one$', 'line a 1 two$', 'line a 2 3', 'close a end 3'] },
    { title: 'appends a rest after a line end',         deltas: ['one\n'],           fullText: 'one\ntwo',      commits: ['line a 0 one$', 'line a 1 two', 'close a end 2'] },
    { title: 'appends the LF of a CR',                  deltas: ['one\r'],           fullText: 'one\r\ntwo',    commits: ['line a 0 one$', 'line a 1 two', 'close a end 2'] },
    { title: 'is the text if there were no deltas', deltas: [''],                fullText: 'one\n',         commits: ['line a 0 one$', 'close a end 1'] },
    { title: 'corrects a line and all after it',        deltas: ['1\n2\n3\n'],       fullText: '1\nTWO\n3\n',   commits: ['line a 0 1$', 'line a 1 2$', 'line a 2 3$', 'revise a 1', 'line a 1 TWO$', 'line a 2 3$', 'close a end 3'] },
    { title: 'corrects the first line',                 deltas: ['1\n2'],            fullText: 'ONE\n2',        commits: ['line a 0 1$', 'revise a 0', 'line a 0 ONE$', 'line a 1 2', 'close a end 2'] },
    { title: 'corrects the tail',                       deltas: ['1\ntwx'],          fullText: '1\ntwo',        commits: ['line a 0 1$', 'revise a 1', 'line a 1 two', 'close a end 2'] },
    { title: 'corrects a line end that it lacks',       deltas: ['a\nb'],            fullText: 'abc',           commits: ['line a 0 a$', 'revise a 0', 'line a 0 abc', 'close a end 1'] },
    { title: 'corrects a line end',                     deltas: ['1\r\n2'],          fullText: '1\n2',          commits: ['line a 0 1$', 'revise a 0', 'line a 0 1$', 'line a 1 2', 'close a end 2'] },
    { title: 'withdraws lines that it lacks',           deltas: ['1\n2\n3\n'],       fullText: '1\n',           commits: ['line a 0 1$', 'line a 1 2$', 'line a 2 3$', 'revise a 1', 'close a end 1'] },
    { title: 'changes nothing when it is empty',        deltas: ['1\n2'],            fullText: '',              commits: ['line a 0 1$', 'line a 1 2', 'close a end 2'] },
    { title: 'withdraws the end of a tail',             deltas: ['1\ntwo'],          fullText: '1\ntw',         commits: ['line a 0 1$', 'revise a 1', 'line a 1 tw', 'close a end 2'] },
    { title: 'deletes a CR with the tail',              deltas: ['1\r'],             fullText: '\n2',           commits: ['revise a 0', 'line a 0 $', 'line a 1 2', 'close a end 2'] },
  ])('$title', ({ deltas, fullText, commits }) => {
    expect(toText({ deltas, fullText })).toStrictEqual(commits);
  });

  it('corrects a line that was cut from its beginning', () => {
    const received = { deltas: ['x\nabcdeX'], fullText: 'x\nabcdef', someRules: { maxLineLength: 2 } };
    expect(toText(received)).toStrictEqual([
      'line a 0 x$',
      'line a 1 ab',
      'line a 1 cd',
      'revise a 1',
      'line a 1 ab',
      'line a 1 cd',
      'line a 1 ef',
      'close a end 2',
    ]);
  });

  it('changes nothing if there is none', () => {
    expect(toText({ deltas: ['1\n2'], fullText: undefined })).toStrictEqual([
      'line a 0 1$',
      'line a 1 2',
      'close a end 2',
    ]);
  });

  describe('keep', () => {
    const someRules = { reconcile: 'keep' } as const;

    it('keeps the deltas', () => {
      expect(toText({ deltas: ['1\n2'], fullText: '1\nTWO', someRules })).toStrictEqual([
        'line a 0 1$',
        'line a 1 2',
        'close a end 2',
      ]);
    });

    it('appends a lost rest', () => {
      expect(textOf(accumulate({ deltas: ['1\n'], fullText: '1\n2', someRules }))).toBe('1\n2');
    });
  });

  describe('off', () => {
    const someRules = { reconcile: 'off' } as const;

    it('uses the full text only if there were no deltas', () => {
      expect(textOf(accumulate({ deltas: [], fullText: '1\n2', someRules }))).toBe('1\n2');
      expect(textOf(accumulate({ deltas: ['1\n'], fullText: '1\n2', someRules }))).toBe('1\n');
    });

    it('uses no full text after a soft commit of all the text', () => {
      const received = { deltas: ['1234'], fullText: '1234', someRules: { ...someRules, softChars: 4 } };
      expect(toText(received)).toStrictEqual(['line a 0 1234', 'close a end 1']);
    });

    it('retains nothing', () => {
      const lines = new LineAccumulator(
        stream,
        'start',
        new LineContext({ ...rules, ...someRules }, sinkOf()),
      );
      lines.delta('1\n2\n');
      expect(retainedText(lines)).toBeUndefined();
    });
  });

  describe('maxRetained', () => {
    it.each([
      { maxRetained: 3, revised: false },
      { maxRetained: 4, revised: true },
    ])('$maxRetained: two lines of four code units are revised: $revised', ({ maxRetained, revised }) => {
      const commits = toText({ deltas: ['1\n2\n'], fullText: '1\nTWO\n', someRules: { maxRetained } });
      expect(commits.includes('revise a 1')).toBe(revised);
    });

    it.each([
      { maxRetained: 3, revised: false },
      { maxRetained: 4, revised: false },
      { maxRetained: 5, revised: true },
      { maxRetained: Infinity, revised: true },
    ])('$maxRetained: a stream of five code units is revised: $revised', ({ maxRetained, revised }) => {
      const commits = toText({ deltas: ['1\n2\n3'], fullText: '1\nTWO', someRules: { maxRetained } });
      expect(commits.includes('revise a 1')).toBe(revised);
    });

    it('retains no lines once they are too long', () => {
      const lines = new LineAccumulator(
        stream,
        'start',
        new LineContext({ ...rules, maxRetained: 4 }, sinkOf()),
      );
      lines.delta('1\n2\n');
      expect(retainedText(lines)).toBe('1\n2\n');
      lines.delta('3\n');
      lines.delta('4\n');
      expect(retainedText(lines)).toBeUndefined();
    });
  });

  it('retains the committed texts and line ends', () => {
    const lines = new LineAccumulator(
      stream,
      'start',
      new LineContext({ ...rules, maxLineLength: 2 }, sinkOf()),
    );
    lines.delta('1\n\r\n345\n6');
    expect(retainedText(lines)).toBe('1\n\r\n345\n');
  });

  it('corrects one of many lines', () => {
    const text = 'a line of thirty code units.\r\n'.repeat(1000);
    const fullText = `${text.slice(0, 15_000)}A${text.slice(15_001)}`;
    expect(toText({ deltas: [text], fullText })[1000]).toBe('revise a 500');
  });

  it('retains nothing once the stream has closed', () => {
    const lines = new LineAccumulator(stream, 'start', new LineContext(rules, sinkOf()));
    lines.delta('1\n2\n');
    lines.close('idle', {});
    expect(retainedText(lines)).toBeUndefined();
  });

  describe('of a later generation', () => {
    it('is not that of its deltas when a bare delta opened it', () => {
      const received = { deltas: ['2\n'], fullText: '1\n2\n', generation: 1, opener: 'delta' } as const;
      expect(textOf(accumulate(received))).toBe('2\n');
      expect(textOf(accumulate({ ...received, deltas: [''] }))).toBe('');
    });

    it('is that of its deltas when a start opened it', () => {
      const received = { deltas: ['2\n'], fullText: '1\n2\n', generation: 1, opener: 'start' } as const;
      expect(textOf(accumulate(received))).toBe('1\n2\n');
    });
  });

  describe('for every text and every cut of it', () => {
    const limit = fc.integer({ min: 2, max: 9 });
    const lossy = text
      .chain((whole) => fc.tuple(fc.constant(whole), pieces(whole)))
      .chain(([whole, deltas]) => fc.tuple(fc.constant(whole), fc.subarray([...deltas])));

    it('repairs lost deltas', () => {
      fc.assert(
        fc.property(lossy, limit, ([whole, deltas], maxLineLength) => {
          const commits = accumulate({ deltas, fullText: whole, someRules: { maxLineLength } });
          expect(textOf(commits).trimEnd()).toBe(whole.trimEnd());
        }),
      );
    });

    it('changes nothing when nothing was lost', () => {
      fc.assert(
        fc.property(
          text.chain((whole) => fc.tuple(fc.constant(whole), pieces(whole))),
          limit,
          ([whole, deltas], max) => {
            const someRules = { maxLineLength: max };
            expect(accumulate({ deltas, fullText: whole, someRules })).toStrictEqual(
              accumulate({ deltas, fullText: undefined, someRules }),
            );
          },
        ),
      );
    });

    it('revises from the first line that differs, and not before', () => {
      fc.assert(
        fc.property(lossy, limit, ([whole, deltas], maxLineLength) => {
          const commits = accumulate({ deltas, fullText: whole, someRules: { maxLineLength } });
          const revise = commits.find((commit) => commit.type === 'revise');
          if (revise !== undefined) {
            const lineOf = (joined: string) => joined.split(/(?<=\n)/u)[revise.index] ?? '';
            const before = (joined: string) =>
              joined
                .split(/(?<=\n)/u)
                .slice(0, revise.index)
                .join('');
            expect(before(deltas.join(''))).toBe(before(whole));
            expect(lineOf(deltas.join(''))).not.toBe(lineOf(whole));
          }
        }),
      );
    });
  });
});
