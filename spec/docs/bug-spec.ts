import { describe, expect, it } from 'vitest';

import { linesOfOneBuffer, PIECES, transcriptOf } from '../../docs/live/bug.js';

/** The texts of both programs after some of the pieces. */
function after(count: number) {
  const pieces = PIECES.slice(0, count);
  return {
    oneBuffer: linesOfOneBuffer(pieces).map((line) => line.map(({ delta }) => delta).join('')),
    commitLines: transcriptOf(pieces).map(({ lines, tail }) => [...lines, tail].join('|')),
  };
}

describe('the picture of the bug', () => {
  it.each([
    [0, [], []],
    [1, ['Paris'], ['Paris']],
    [2, ['ParisA whale'], ['Paris', 'A whale']],
    [6, ['ParisA whale is the is a capital mammal.'], ['Paris is the capital', 'A whale is a mammal.|']],
    [
      7,
      ['ParisA whale is the is a capital mammal.', ' of France.'],
      ['Paris is the capital of France.|', 'A whale is a mammal.|'],
    ],
  ])('after %i pieces', (count, oneBuffer, commitLines) => {
    expect(after(count)).toStrictEqual({ oneBuffer, commitLines });
  });

  it('has each character in the color of its answer', () => {
    expect(
      linesOfOneBuffer([
        { id: '1', delta: 'a\nb' },
        { id: '2', delta: 'c\n' },
      ]),
    ).toStrictEqual([
      [{ id: '1', delta: 'a' }],
      [
        { id: '1', delta: 'b' },
        { id: '2', delta: 'c' },
      ],
    ]);
  });
});
