import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type ReasoningSink, ReasoningSplitter } from '../../../src/core/reasoning/reasoningSplitter.js';

interface Parts {
  readonly answer: string;
  readonly sections: readonly string[];
}

class CountingSplitter extends ReasoningSplitter {
  reads = 0;

  protected override read(character: string): void {
    this.reads++;
    super.read(character);
  }
}

function split(texts: readonly string[], startsInside = false): Parts & { reads: number; longest: number } {
  const sections: string[] = [];
  let answer = '';
  let section = '';
  let emitted = 0;
  let longest = 0;
  const splitter = new CountingSplitter('think', startsInside, {
    answer(text) {
      expect(text).not.toBe('');
      answer += text;
      emitted += text.length;
    },
    reasoning(text) {
      expect(text).not.toBe('');
      section += text;
      emitted += text.length;
    },
    endReasoning() {
      sections.push(section);
      section = '';
    },
  });
  let received = 0;
  for (const text of texts) {
    splitter.push(text);
    received += text.length;
    longest = Math.max(longest, received - emitted);
  }
  splitter.flush();
  return {
    answer,
    sections: section === '' ? sections : [...sections, section],
    reads: splitter.reads,
    longest,
  };
}

/** A sink that writes down each call in words. */
function recordingSink(): { readonly sink: ReasoningSink; readonly emitted: readonly string[] } {
  const emitted: string[] = [];
  const sink: ReasoningSink = {
    answer: (text) => emitted.push(`answer ${text}`),
    reasoning: (text) => emitted.push(`reasoning ${text}`),
    endReasoning: () => emitted.push('end of reasoning'),
  };
  return { sink, emitted };
}

const parts = (text: string, startsInside?: boolean): Parts => {
  const { answer, sections } = split([text], startsInside);
  return { answer, sections };
};

describe('ReasoningSplitter', () => {
  it.each([
    { text: '', answer: '', sections: [] },
    { text: 'a', answer: 'a', sections: [] },
    { text: '<think>r</think>a', answer: 'a', sections: ['r'] },
    { text: '<think>\n r\n</think>\n\n a', answer: 'a', sections: ['r\n'] },
    { text: '<think></think>a', answer: 'a', sections: [''] },
    { text: 'a<think>r</think>b<think>s</think>c', answer: 'abc', sections: ['r', 's'] },
    { text: '<think>r', answer: '', sections: ['r'] },
    { text: '<think>r</thin', answer: '', sections: ['r</thin'] },
    { text: 'a<thin', answer: 'a<thin', sections: [] },
    { text: '<<think>r</think>', answer: '<', sections: ['r'] },
    { text: '<th<think>r<</think>a', answer: '<tha', sections: ['r<'] },
    { text: 'a</think>b', answer: 'a</think>b', sections: [] },
    { text: '<think>a<think>b</think>c', answer: 'c', sections: ['a<think>b'] },
    { text: '<Think>a', answer: '<Think>a', sections: [] },
    { text: '<thinking>a', answer: '<thinking>a', sections: [] },
    { text: '```\n<think>x</think>\n```\n', answer: '```\n<think>x</think>\n```\n', sections: [] },
    { text: '```\nx\n```\n<think>r</think>a', answer: '```\nx\n```\na', sections: ['r'] },
    { text: '```<think>x', answer: '```<think>x', sections: [] },
    { text: 'use `<think>` here', answer: 'use `<think>` here', sections: [] },
    { text: '<think>```\nx</think>a', answer: 'a', sections: ['```\nx'] },
    { text: '<think>```\n</think>\n```\n<think>', answer: '```\n<think>', sections: ['```\n'] },
  ])('splits $text', ({ text, answer, sections }) => {
    expect(parts(text)).toStrictEqual({ answer, sections });
  });

  it.each([
    { text: 'r</think>\na', answer: 'a', sections: ['r'] },
    { text: '\nr</think>a', answer: 'a', sections: ['r'] },
    { text: '<think>r</think>a', answer: 'a', sections: ['r'] },
    { text: ' <think>\nr</think>a', answer: 'a', sections: ['r'] },
    { text: '</think>a', answer: 'a', sections: [''] },
    { text: '<thin</think>a', answer: 'a', sections: ['<thin'] },
    { text: '<<think></think>a', answer: 'a', sections: ['<<think>'] },
    { text: 'r', answer: '', sections: ['r'] },
    { text: '<', answer: '', sections: ['<'] },
  ])('splits $text with startsInside', ({ text, answer, sections }) => {
    expect(parts(text, true)).toStrictEqual({ answer, sections });
  });

  const token = fc.constantFrom(
    '<think>',
    '</think>',
    '<',
    '<th',
    '</',
    'think>',
    'a',
    '\n',
    ' ',
    '```\n',
    '`',
    '~~~\n',
    '\ud83d\ude00',
  );
  const text = fc.array(token, { maxLength: 30 }).map((tokens) => tokens.join(''));

  it('emits the same, however the text is cut', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 20 }), fc.boolean(), (whole, cuts, startsInside) => {
        const positions = [
          0,
          ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b),
          whole.length,
        ];
        const pieces = positions.slice(1).map((end, index) => whole.slice(positions[index], end));
        const { answer, sections } = split(pieces, startsInside);
        expect({ answer, sections }).toStrictEqual(parts(whole, startsInside));
      }),
    );
  });

  it('loses only tags and the white space after them', () => {
    const whole = fc
      .array(fc.constantFrom('<think>', '</think>', 'a', 'b', '\n', ' ', '```\n', '`'), { maxLength: 30 })
      .map((tokens) => tokens.join(''));
    const sortedOf = (value: string) =>
      value
        .replaceAll(/<\/?think>|\s/g, '')
        .split('')
        .sort();
    fc.assert(
      fc.property(whole, (value) => {
        const { answer, sections } = parts(value);
        expect(sortedOf(answer + sections.join(''))).toStrictEqual(sortedOf(value));
      }),
    );
  });

  it('emits a text without tags unchanged', () => {
    fc.assert(
      fc.property(text, (whole) => {
        const plain = whole.replaceAll('<think>', '');
        fc.pre(!plain.includes('<think>'));
        expect(parts(plain)).toStrictEqual({ answer: plain, sections: [] });
      }),
    );
  });

  it('emits text at once that cannot begin a tag', () => {
    const { sink, emitted } = recordingSink();
    const splitter = new ReasoningSplitter('think', false, sink);
    splitter.push('a');
    expect(emitted).toStrictEqual(['answer a']);
    splitter.push('<think>r');
    expect(emitted).toStrictEqual(['answer a', 'reasoning r']);
  });

  it('emits a part of a tag once, when the text ends', () => {
    const { sink, emitted } = recordingSink();
    const splitter = new ReasoningSplitter('think', false, sink);
    splitter.push('a<thi');
    splitter.flush();
    splitter.flush();
    expect(emitted).toStrictEqual(['answer a', 'answer <thi']);
  });

  it.each([
    { texts: [], startsInside: false, isInside: false },
    { texts: [], startsInside: true, isInside: true },
    { texts: ['<think>'], startsInside: false, isInside: true },
    { texts: ['<think>', '</think>'], startsInside: false, isInside: false },
  ])(
    'is inside reasoning after $texts, startsInside: $startsInside: $isInside',
    ({ texts, startsInside, isInside }) => {
      const splitter = new ReasoningSplitter('think', startsInside, recordingSink().sink);
      texts.forEach((each) => splitter.push(each));
      expect(splitter.isInside).toBe(isInside);
    },
  );

  it('reads each character once, and buffers less than a tag', () => {
    for (const count of [1_000, 2_000]) {
      const { reads, longest } = split(Array.from({ length: count }, () => '</thin<thin'));
      expect(reads).toBe(count * 11);
      expect(longest).toBeLessThan('</think>'.length);
    }
  });
});
