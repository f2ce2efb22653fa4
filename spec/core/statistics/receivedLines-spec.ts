import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ReceivedLines } from '../../../src/core/statistics/receivedLines.js';
import { pieces, text } from '../../support/arbitraries.js';

/** A clock that counts how often it is read: 1, 2, 3 … */
function counter() {
  let readings = 0;
  return () => ++readings;
}

function receive(deltas: readonly string[], now = counter()): ReceivedLines {
  const received = new ReceivedLines(0);
  for (const delta of deltas) {
    received.append(delta, now);
    received.updateLongestTail();
  }
  return received;
}

/** When each of the first lines began. */
function beginnings(received: ReceivedLines, lines: number): readonly (number | undefined)[] {
  return Array.from({ length: lines }, (_, index) => received.commit(index, 0));
}

describe('ReceivedLines', () => {
  // prettier-ignore
  it.each([
    { title: 'a line in one delta',                    deltas: ['a\n'],                 times: [1] },
    { title: 'a line in several',                      deltas: ['a', 'b', '\n'],        times: [1] },
    { title: 'lines of one delta',                     deltas: ['a\nb\nc\n'],           times: [1, 1, 1] },
    { title: 'a line that begins where another ends',  deltas: ['a', '\nb', '\n'],      times: [1, 2] },
    { title: 'lines that begin where another ends',    deltas: ['a', '\nb\nc\n', 'd'],  times: [1, 2, 2, 3] },
    { title: 'a line that begins in a delta of its own', deltas: ['a', '\n', 'b'],      times: [1, 2] },
    { title: 'an empty line, which is its line feed',  deltas: ['a\n', '\n', 'b'],      times: [1, 2, 3] },
    { title: 'a CR before the line feed',              deltas: ['a\r', '\n', 'b'],      times: [1, 2] },
    { title: 'a CR that is all of a line',             deltas: ['a\n', '\r', '\n'],     times: [1, 2] },
    { title: 'a lone CR, which is text',               deltas: ['a', '\rb', '\n'],      times: [1] },
    { title: 'an empty delta, which is nothing',       deltas: ['', 'a', '', '\n', ''], times: [1] },
    { title: 'a line that no delta began',             deltas: ['a\n'],                 times: [1, undefined] },
  ])('knows when lines began: $title', ({ deltas, times }) => {
    expect(beginnings(receive(deltas), times.length)).toStrictEqual(times);
  });

  it('reads the clock once for a delta in which lines begin, and for no other', () => {
    const readings: number[] = [];
    const now = () => readings.push(0);
    const deltas = ['a', 'b', 'c\n', 'd', '', 'e\nf\ng', 'h', '\n', '\n'];
    const counts = deltas.map((_, index) => {
      readings.length = 0;
      receive(deltas.slice(0, index + 1), now);
      return readings.length;
    });
    expect(counts).toStrictEqual([1, 1, 1, 2, 2, 3, 3, 3, 4]);
  });

  it('tells it once for each line', () => {
    const received = receive(['a\nb']);
    expect(received.commit(1, 1)).toBe(1);
    expect(received.commit(1, 1)).toBeUndefined();
    expect(received.commit(0, 1)).toBeUndefined();
  });

  it('knows it of lines that are committed much later', () => {
    const received = receive(['a\n', 'b\n', 'c\nd\n', 'e\n']);
    expect(received.commit(0, 1)).toBe(1);
    expect(received.commit(3, 1)).toBe(3);
    expect(received.commit(4, 1)).toBe(4);
  });

  it('deletes the oldest of those that are never committed', () => {
    const received = receive(Array.from({ length: 1500 }, () => 'x\n'));
    expect([499, 500, 1499].map((index) => received.commit(index, 1))).toStrictEqual([undefined, 501, 1500]);
  });

  it('does not know it any more once lines were withdrawn', () => {
    const received = receive(['a\nb\nc']);
    received.revise();
    expect(beginnings(received, 3)).toStrictEqual([undefined, undefined, undefined]);
    received.append('\nd', counter());
    expect(received.commit(3, 1)).toBeUndefined();
  });

  // prettier-ignore
  it.each([
    { title: 'nothing',                       deltas: [],                      longest: 0 },
    { title: 'a line in one delta',           deltas: ['abc\n'],               longest: 0 },
    { title: 'a line in several',             deltas: ['ab', 'c', '\n', 'd'],  longest: 3 },
    { title: 'what follows a line end',       deltas: ['a', 'b\nlonger'],      longest: 6 },
    { title: 'a CR that waits',               deltas: ['a\r', '\n'],           longest: 2 },
    { title: 'code units and not characters', deltas: ['\u{1F600}'],           longest: 2 },
  ])('measures the longest tail: $title', ({ deltas, longest }) => {
    expect(receive(deltas).longestTail).toBe(longest);
  });

  it('does not count what is committed to the tail', () => {
    const received = new ReceivedLines(0);
    for (const part of ['abcd', 'efgh', 'ij']) {
      received.append(part, counter());
      received.commit(0, part.length - 1);
      received.updateLongestTail();
    }
    expect(received.longestTail).toBe(3);
    received.append('\nkl', counter());
    received.commit(0, 3);
    received.updateLongestTail();
    expect(received.longestTail).toBe(3);
  });

  it('agrees with a plain look at the text, however it is cut', () => {
    const cut = text.chain((whole) => fc.record({ whole: fc.constant(whole), deltas: pieces(whole) }));
    fc.assert(
      fc.property(cut, ({ whole, deltas }) => {
        const received = new ReceivedLines(0);
        const expected: number[] = [];
        let soFar = '';
        let longest = 0;
        for (const [number, delta] of deltas.entries()) {
          received.append(delta, () => number);
          received.updateLongestTail();
          for (const character of delta.split('')) {
            if (soFar === '' || soFar.endsWith('\n')) {
              expected.push(number);
            }
            soFar += character;
          }
          longest = Math.max(longest, soFar.length - soFar.lastIndexOf('\n') - 1);
        }
        expect(soFar).toBe(whole);
        expect(beginnings(received, expected.length + 1)).toStrictEqual([...expected, undefined]);
        expect(received.longestTail).toBe(longest);
        expect(received.deltas).toBe(deltas.length);
      }),
    );
  });
});
