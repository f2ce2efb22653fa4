import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { BlockMachine } from '../../../src/core/markdown/blockMachine.js';
import {
  documentText,
  endOf,
  examples,
  hasDeviation,
  hasReferenceDeviation,
  isBlank,
  isIndented,
  linesOf,
  maths,
  others,
  parseBlocks,
  rangesOf,
  readBlocks,
  referenceEnds,
  rules,
  shapes,
  tables,
} from '../../support/markdown.js';
import { WorkCounter } from '../../support/workCounter.js';

/** The independent parser is wrong more often than is known, so the documents are the same each time. */
const SEED = 1;

const named = [
  ...examples,
  ...tables.map((text) => ({ title: `table ${JSON.stringify(text)}`, text })),
  ...maths.map((text) => ({ title: `math ${JSON.stringify(text)}`, text })),
  ...others.map((text) => ({ title: JSON.stringify(text), text })),
];

/** All beginnings of a text that end with a line. */
function linePrefixes(text: string): readonly string[] {
  const lines = linesOf(text);
  return lines.map((_, index) => lines.slice(0, index + 1).join(''));
}

/** Lines that some block would go on with, the most probable first. */
const CONTINUATIONS = [
  'x\n',
  '> x\n',
  '        x\n',
  '- x\n',
  '* x\n',
  '+ x\n',
  '1. x\n',
  '1) x\n',
  '    x\n',
];

/** Whether some line would change the last block, so that it is not over. */
function mayGoOn(prefix: string): boolean {
  const last = parseBlocks(prefix).at(-1);
  if (isIndented(last?.block ?? '', linesOf(prefix)[last?.from ?? 0])) {
    // More code, which the independent parser makes a block of its own after a quote or a list.
    return true;
  }
  const index = parseBlocks(prefix).length - 1;
  return CONTINUATIONS.some((line) => {
    const block = parseBlocks(prefix + line)[index];
    return block?.block !== last?.block || block?.to !== last?.to;
  });
}

function expectLeadingBlocks(text: string): void {
  const all = parseBlocks(text);
  for (const prefix of linePrefixes(text)) {
    const committed = rangesOf(readBlocks(prefix, { isOpen: true }));
    // Those of the text so far, and they stay what they are.
    expect(committed).toStrictEqual(parseBlocks(prefix).slice(0, committed.length));
    expect(committed).toStrictEqual(all.slice(0, committed.length));
  }
}

describe('the blocks of a document', () => {
  it('are tried with all examples of CommonMark 0.31.2', () => {
    expect(examples).toHaveLength(652);
  });

  it.each(named)('are those of an independent parser: $title', ({ text }) => {
    expect(rangesOf(readBlocks(text))).toStrictEqual(parseBlocks(text));
    expectLeadingBlocks(text);
  });

  it.each(named)('are committed as soon as nothing can change them: $title', ({ text }) => {
    for (const prefix of linePrefixes(text)) {
      const missing = parseBlocks(prefix).length - readBlocks(prefix, { isOpen: true }).length;
      expect(missing).toBeLessThanOrEqual(1);
      expect(missing === 1 && !mayGoOn(prefix), JSON.stringify(prefix)).toBe(false);
    }
  });

  it('are those of an independent parser, for examples in any order', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(documentText, (text) => {
        fc.pre(!hasDeviation(text));
        expect(rangesOf(readBlocks(text))).toStrictEqual(parseBlocks(text));
        expectLeadingBlocks(text);
      }),
      { numRuns: 300, seed: SEED },
    );
  });

  it('are those of the reference implementation, for examples in any order', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(documentText, (text) => {
        fc.pre(!hasReferenceDeviation(text));
        const blocks = readBlocks(text, { tables: false, math: false });
        const others = blocks.filter(({ block }) => block !== 'definition');
        expect(others.map((block) => endOf(block, text))).toStrictEqual(referenceEnds(text));
      }),
      { numRuns: 3000, seed: SEED },
    );
  });

  it('have no tables, and no math, where these are text', () => {
    for (const text of [...tables, ...maths]) {
      const options = { tables: false, math: false };
      expect(rangesOf(readBlocks(text, options))).toStrictEqual(parseBlocks(text, options));
    }
  });

  it('have every line that is not blank once, in order, with its own text', () => {
    fc.assert(
      fc.property(documentText, (text) => {
        const lines = linesOf(text);
        let next = 0;
        for (const { from, to, text: source } of readBlocks(text)) {
          expect(from).toBeGreaterThanOrEqual(next);
          expect(lines.slice(next, from).every(isBlank)).toBe(true);
          expect(isBlank(lines[from] ?? '')).toBe(false);
          expect(source).toBe(lines.slice(from, to).join(''));
          next = to;
        }
        expect(lines.slice(next).every(isBlank)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('contain the blank lines between their lines', () => {
    expect(readBlocks('- a\n\n \n- b\n\n').map(({ text }) => text)).toStrictEqual(['- a\n\n \n- b\n']);
  });

  it('keep the line ends that they have', () => {
    expect(readBlocks('a\r\nb\n\r\n# c\r\n').map(({ text }) => text)).toStrictEqual(['a\r\nb\n', '# c\r\n']);
  });
});

describe('definitions', () => {
  // prettier-ignore
  it.each([
    { text: '[a]: /b\n',                         block: 'definition' },
    { text: '[a]: /b\n[c]: <d> "e"\n',           block: 'definition' },
    { text: '[a]:\n  /b\n  \'c\n  d\'  \n',      block: 'definition' },
    { text: '[a]: /b\n(c)\n',                    block: 'definition' },
    { text: '[a]: <>\n',                         block: 'definition' },
    { text: '[a\\]]: /b\\ \n',                   block: 'definition' },
    { text: '[a]: b(c(d))\\(\n',                 block: 'definition' },
    { text: '[a]: <b\\>> "c\\""\n',              block: 'definition' },
    { text: '[a\nb]: /c\n',                      block: 'definition' },
    { text: `[${'a'.repeat(999)}]: /b\n`,        block: 'definition' },
    { text: `[${'a'.repeat(1000)}]: /b\n`,       block: 'paragraph' },
    { text: '[ ]: /b\n',                         block: 'paragraph' },
    { text: '[a[]: /b\n',                        block: 'paragraph' },
    { text: '[a] /b\n',                          block: 'paragraph' },
    { text: '[a]:\n',                            block: 'paragraph' },
    { text: '[a]: <b\n',                         block: 'paragraph' },
    { text: '[a]: <b<>\n',                       block: 'paragraph' },
    { text: '[a]: <b>c\n',                       block: 'paragraph' },
    { text: '[a]: b)\n',                         block: 'paragraph' },
    { text: '[a]: (b\n',                         block: 'paragraph' },
    { text: '[a]: (b c)\n',                      block: 'paragraph' },
    { text: '[a]: b\u007f\n',                    block: 'paragraph' },
    { text: '[a]: b\u0001\n',                    block: 'paragraph' },
    { text: '[a]: /b [c]: /d\n',                 block: 'paragraph' },
    { text: '[a]: /b "c\n',                      block: 'paragraph' },
    { text: '[a]: /b "c" d\n',                   block: 'paragraph' },
    { text: '[a]: /b\n"c" d\n',                  block: 'paragraph' },
    { text: '[a]: /b\n[c]\n',                    block: 'paragraph' },
    { text: 'a\n[b]: /c\n',                      block: 'paragraph' },
  ])('$text is a $block', ({ text, block }) => {
    expect(rangesOf(readBlocks(text))).toStrictEqual([{ block, from: 0, to: linesOf(text).length }]);
    expect(parseBlocks(text)).toStrictEqual([{ block, from: 0, to: linesOf(text).length }]);
  });

  it('have no parentheses in a title in parentheses, unless they are escaped', () => {
    expect(readBlocks('[a]: /b (c(d)\n')[0]?.block).toBe('paragraph');
    expect(readBlocks('[a]: /b (c\\(d)\n')[0]?.block).toBe('definition');
  });

  it('read a NUL as a replacement character', () => {
    expect(readBlocks('[a]: b\0c\n')[0]?.block).toBe('definition');
  });
});

describe('tables', () => {
  // prettier-ignore
  it.each([
    { text: '| a | \n|---|\n',        block: 'table' },
    { text: '| a |\n|---\n',          block: 'table' },
    { text: 'a\n-:\n',                block: 'table' },
    { text: 'a\n--\n',                block: 'heading' },
    { text: '[a]: /b\n--\n',          block: 'paragraph' },
    { text: '| a | b |\n|-x-|\n',     block: 'paragraph' },
  ])('$text is a $block', ({ text, block }) => {
    expect(rangesOf(readBlocks(text))).toStrictEqual([{ block, from: 0, to: 2 }]);
    expect(parseBlocks(text)).toStrictEqual([{ block, from: 0, to: 2 }]);
  });
});

describe('elements of HTML', () => {
  // prettier-ignore
  it.each([
    '<a>', '<a/>', '<a b>', '<a b="c" d=\'e\' f=g h:i.j_k-l />', '</a >', '<a b = "c">', '<a  b  >', '<PRE>', '<pre', '<DIV', '<div/>',
    '</pre>', '<a b=>', '<a =b>', '<a b="c>', '<a"b">', '<a b=c`d>', '<1>', '</>', '<>', '<', '<a/b>', '<a></b>', '<a> c', '</a', '</a b>',
    '<div>a', '<divx>a', '<!a', '<!1>', '<!-', '<!--', '<![CDATA', '<![CDATA[', '<?', '<pre/>a', '<script>', '<x-y>', '<search>', '<blockquotes>',
    '<a b="c"d>', '<a :b>', '<a _b>', '<a -b>', '<div/a', '<address', '<h6>', '<h7>a',
    '<blockquote', '<figcaption>a', '</a b', '<a b=c', '<a b=c>', '<a b=c $>', '<a b=c"d>', "<a b=c'd>", '<a b=c<d>',
  ])('%s begins a block, or not', (line) => {
    for (const text of [`${line}\nb\n\nc\n`, `b\n${line}\nc\n`]) {
      expect(rangesOf(readBlocks(text))).toStrictEqual(parseBlocks(text));
    }
  });

  it('of a block go on to a blank line, whatever their text is', () => {
    expect(rangesOf(readBlocks('<div>\nblank\n# a\n\n# b\n'))).toStrictEqual([
      { block: 'html', from: 0, to: 3 },
      { block: 'heading', from: 4, to: 5 },
    ]);
  });

  // The independent parser is wrong here.
  it.each([
    { text: '<a b=c=d>\n', block: 'paragraph' },
    { text: '<a b=c/d>\n', block: 'html' },
  ])('have slashes, but no equals signs, in a value without quotes: $text is a $block', ({ text, block }) => {
    expect(rangesOf(readBlocks(text))).toStrictEqual([{ block, from: 0, to: 1 }]);
    expect(referenceEnds(text)).toStrictEqual([{ block, to: 1 }]);
  });

  it.each([
    { begin: '<script>', end: 'x</STYLE>y' },
    { begin: '<!--', end: '-->' },
    { begin: '<?', end: 'a ?> b' },
    { begin: '<!A', end: '>' },
    { begin: '<![CDATA[', end: ']]>' },
  ])('$begin goes on to $end', ({ begin, end }) => {
    const text = `${begin}\n\n</ b\n# a\n${end}\n# b\n`;
    expect(rangesOf(readBlocks(text))).toStrictEqual([
      { block: 'html', from: 0, to: 5 },
      { block: 'heading', from: 5, to: 6 },
    ]);
    expect(rangesOf(readBlocks(`${begin}${end}\n# b\n`))).toHaveLength(2);
  });
});

describe('list items', () => {
  // prettier-ignore
  it.each([
    { text: '   1234. a\n',     block: 'list' },
    { text: '123456789) a\n',   block: 'list' },
    { text: '1234567890) a\n',  block: 'paragraph' },
    { text: '1x a\n',           block: 'paragraph' },
    { text: '. a\n',            block: 'paragraph' },
    { text: ') a\n',            block: 'paragraph' },
  ])('$text is a $block', ({ text, block }) => {
    expect(rangesOf(readBlocks(text))).toStrictEqual([{ block, from: 0, to: 1 }]);
    expect(parseBlocks(text)).toStrictEqual([{ block, from: 0, to: 1 }]);
  });
});

describe('nesting', () => {
  it('is text beyond maxNesting', () => {
    expect(readBlocks('> > a\n> # b\n', { maxNesting: 1 })).toHaveLength(1);
    expect(rangesOf(readBlocks('> > a\nb\n\n> - c\n> - d\n', { maxNesting: 1 }))).toStrictEqual([
      { block: 'blockquote', from: 0, to: 2 },
      { block: 'blockquote', from: 3, to: 5 },
    ]);
    // The inner quote is the text of a paragraph, which goes on without its mark; as a quote it would have ended.
    const nested = '> > ```\n> x\n\n';
    expect(readBlocks(nested, { maxNesting: 1 }).map(({ text }) => text)).toStrictEqual(['> > ```\n> x\n']);
    const lazy = '> - # a\nb\n';
    expect(readBlocks(lazy, { maxNesting: 2 })).toHaveLength(2);
    expect(readBlocks(lazy, { maxNesting: 1 })).toHaveLength(1);
  });

  it('of a quote a thousand deep is one block', () => {
    const text = `${'> '.repeat(1000)}a\n${'>'.repeat(1000)} b\nc\n\nd\n`;
    expect(rangesOf(readBlocks(text))).toStrictEqual([
      { block: 'blockquote', from: 0, to: 3 },
      { block: 'paragraph', from: 4, to: 5 },
    ]);
  });
});

describe('indentation', () => {
  // prettier-ignore
  it.each([
    { title: 'of a list item is not that of its content',    text: '10. a\n    # b\nc\n',   blocks: ['list', 'paragraph'] },
    { title: 'of a quote includes one space after its mark', text: '>    a\nb\n',           blocks: ['blockquote'] },
    { title: 'of a quote need not include a space',          text: '>- ```\n>  x\ny\n',     blocks: ['blockquote'] },
    { title: 'of four spaces makes a mark of a quote code',  text: '> ```\n    > x\n',      blocks: ['blockquote', 'code'] },
    { title: 'of four spaces makes a fence content',         text: '```\n    ```\na\n',     blocks: ['code'] },
  ])('$title', ({ text, blocks }) => {
    expect(readBlocks(text).map(({ block }) => block)).toStrictEqual(blocks);
    expect(rangesOf(readBlocks(text))).toStrictEqual(parseBlocks(text));
  });
});

describe('tabs', () => {
  it.each(['-\ta\n\n  b\n', '-\ta\n\n    b\n', '1.\ta\n\n   b\n', '1.\ta\n\n    b\n'])(
    'extend to the next multiple of four columns: %j',
    (text) => {
      expect(rangesOf(readBlocks(text))).toStrictEqual(parseBlocks(text));
    },
  );
});

describe('hostile text', () => {
  it('is text where a lone CR is, which ends no line', () => {
    expect(readBlocks('a\r# b\n\r\n')).toStrictEqual([
      { block: 'paragraph', from: 0, to: 1, text: 'a\r# b\n' },
    ]);
  });

  it('may have NUL, lone surrogates and separators anywhere', () => {
    const odd = fc.constantFrom('\0', '\ud800', '\u2028', '\u0085', '\f', '\v', '\u00a0', '\ufeff', '\r');
    fc.assert(
      fc.property(
        fc.array(fc.oneof(odd, fc.constantFrom(...'\n\n\n#>-*`~<|:=[]()" \t1.a'.split('')))),
        (characters) => {
          const text = characters.join('').replaceAll('\r\n', '\n');
          expect(
            readBlocks(text)
              .flatMap(({ text: source }) => linesOf(source))
              .join(''),
          ).toBe(
            readBlocks(text)
              .map(({ from, to }) => linesOf(text).slice(from, to).join(''))
              .join(''),
          );
        },
      ),
    );
  });
});

describe('the work', () => {
  it.each(shapes)('is linear for $shape', { timeout: 60_000 }, ({ text }) => {
    const work = [4_000, 16_000].map((lines) => {
      const whole = text(lines);
      return { work: workOf(whole), length: whole.length };
    });
    const [few = { work: 0, length: 0 }, many = few] = work;
    expect(many.work / few.work).toBeLessThanOrEqual((1.01 * many.length) / few.length);
    expect(many.work).toBeLessThanOrEqual(20 * many.length);
  });

  it.each(shapes.slice(1, 3))('is linear for 100,000 lines of $shape', { timeout: 60_000 }, ({ text }) => {
    const whole = text(100_000);
    expect(workOf(whole)).toBeLessThanOrEqual(20 * whole.length);
  });
});

/** How many characters are looked at, copied or searched. */
function workOf(text: string): number {
  const lines = linesOf(text).map((line) => line.slice(0, -1));
  const machine = new BlockMachine(rules, () => undefined);
  return new WorkCounter().count(() => {
    lines.forEach((line, index) => {
      machine.readLine(index, line, '\n');
    });
    machine.finish();
  });
}
