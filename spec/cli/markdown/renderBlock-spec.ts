import fc from 'fast-check';
import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { renderBlock } from '../../../src/cli/markdown/renderBlock.js';
import { type Style, styleByFormat, styleNothing } from '../../../src/cli/markdown/style.js';
import { commitLines } from '../../../src/index.js';
import { commitBlocks } from '../../../src/markdown/index.js';
import { textWithControls } from '../../support/controls.js';
import { delta } from '../../support/events.js';
import { documentText } from '../../support/markdown.js';

/** Formats that can be read, such as `<strong>text</strong>`. */
const tags: Style = (format, text) => `<${format}>${text}</${format}>`;

function render(text: string, style: Style): readonly string[] {
  const rows: string[] = [];
  from([delta('a', text)])
    .pipe(commitLines(), commitBlocks({ math: true }))
    .subscribe((commit) => commit.type === 'block' && rows.push(...renderBlock(commit, style)));
  return rows;
}

describe('a block on a terminal', () => {
  // prettier-ignore
  it.each([
    { text: '# A #\n',                     rows: ['<title>A</title>'] },
    { text: '### B\n',                     rows: ['<heading>B</heading>'] },
    { text: 'C\n===\n',                    rows: ['<title>C</title>'] },
    { text: 'D\nd\n---\n',                 rows: ['<heading>D</heading>', '<heading>d</heading>'] },
    { text: '***\n',                       rows: [`<quiet>${'─'.repeat(40)}</quiet>`] },
    { text: '**a** *b* `c*` ~~d~~ e_f_g\n', rows: ['<strong>a</strong> <emphasis>b</emphasis> <code>c*</code> <deleted>d</deleted> e_f_g'] },
    { text: '__a__ _b_ \\*c* [d](e) 2 * 3 * 4\n', rows: ['<strong>a</strong> <emphasis>b</emphasis> *c* <link>d</link><quiet> (e)</quiet> 2 * 3 * 4'] },
    { text: '```js\n*a*\n\n```\n',         rows: ['<quiet>▏ </quiet><quiet>js</quiet>', '<quiet>▏ </quiet><code>*a*</code>', '<quiet>▏ </quiet><code></code>'] },
    { text: '~~~\na\n',                    rows: ['<quiet>▏ </quiet><code>a</code>'] },
    { text: '    a\n      b\n',            rows: ['<quiet>▏ </quiet><code>a</code>', '<quiet>▏ </quiet><code>  b</code>'] },
    { text: '$$\nx\n$$\n',                 rows: ['<quiet>▏ </quiet><code>x</code>'] },
    { text: '- a\n  b\n- [x] c\n',         rows: ['<marker>•</marker> a', '  b', '<marker>• ☑</marker> c'] },
    { text: '1. a\n   - b\n\n   c\n10. d\n', rows: ['<marker>1.</marker> a', '', '   <marker>•</marker> b', '', '   c', '<marker>10.</marker> d'] },
    { text: '> a\n> > b\nc\n',             rows: ['<marker>┃ </marker>a', '<marker>┃ </marker>', '<marker>┃ </marker><marker>┃ </marker>b', '<marker>┃ </marker><marker>┃ </marker>c'] },
    { text: '<b>\n',                       rows: ['<quiet><b></quiet>'] },
    { text: '[a]: /b\n',                   rows: ['<quiet>[a]: /b</quiet>'] },
  ])('is drawn: $text', ({ text, rows }) => {
    expect(render(text, tags)).toStrictEqual(rows);
  });

  it('aligns the columns of a table, even with wide characters', () => {
    expect(render('|a|b|c|\n|-|:-:|-:|\n|日本|x|1|\n|\\||yyy|22|z|\nq\n', styleNothing)).toStrictEqual([
      'a    │  b  │  c',
      '─────┼─────┼───',
      '日本 │  x  │  1',
      '|    │ yyy │ 22',
      'q    │     │',
    ]);
  });

  it('is a table whose cells end at each pipe that is not escaped', () => {
    expect(render('|a\\\\|b\\|c|\n|-|-|\n|\\\\\\|d|e|\n', styleNothing)).toStrictEqual([
      'a\\\\  │ b|c',
      '─────┼────',
      '\\\\|d │ e',
    ]);
  });

  it('keeps its marks without colors', () => {
    expect(render('## **A**\n\n**b** `c`\n', styleNothing)).toStrictEqual(['## **A**', '**b** `c`']);
  });

  it('contains no control characters except its own formats', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(documentText, textWithControls), { maxLength: 4 }), (texts) => {
        const rows = render(texts.join(''), styleByFormat).map((row) => row.replaceAll(/\u001b\[\d+m/g, ''));
        expect(rows.join('')).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202e]/);
      }),
      { numRuns: 300 },
    );
  });

  it.each(['*', '**', '`', '[', '[a](', '_', '~~', '\\('])(
    'does not change %s if it opens nothing, however often it occurs',
    (mark) => {
      const text = `a ${mark.repeat(20_000)}`;
      expect(render(`${text}\n`, tags)).toStrictEqual([mark === '\\(' ? text.replaceAll('\\', '') : text]);
    },
  );
});
