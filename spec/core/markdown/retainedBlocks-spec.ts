import { describe, expect, it } from 'vitest';

import { type RetainedBlock, RetainedBlocks } from '../../../src/core/markdown/retainedBlocks.js';

/** A block of one line, which closes it. */
const block = (from: number, text: string, blank = ''): RetainedBlock => ({
  block: 'heading',
  from,
  to: from + 1,
  text,
  closedBy: from,
  blank,
  previous: undefined,
  next: undefined,
});

/** The retained blocks with the blank lines after them. */
const textsOf = (retained: RetainedBlocks) => retained.dependingOn(0).map(({ text, blank }) => text + blank);

describe('RetainedBlocks', () => {
  it('deletes the oldest blocks beyond maxRetained code units, and knows what is lost', () => {
    const retained = new RetainedBlocks(4);
    retained.add(block(0, 'a\n', '\n\n'));
    expect(textsOf(retained)).toStrictEqual(['a\n\n\n']);
    expect(retained.hasLost(0)).toBe(false);
    retained.add(block(3, 'b\n'));
    retained.add(block(4, 'c\n'));
    expect(textsOf(retained)).toStrictEqual(['b\n', 'c\n']);
    expect(retained.hasLost(0)).toBe(true);
    expect(retained.hasLost(1)).toBe(false);
  });

  it('counts the blank lines after a block', () => {
    const retained = new RetainedBlocks(4);
    retained.add(block(0, 'a\n'));
    retained.addBlank('\n');
    retained.addBlank('\n');
    expect(textsOf(retained)).toStrictEqual(['a\n\n\n']);
    retained.addBlank('\n');
    expect(textsOf(retained)).toStrictEqual([]);
  });

  it('has no blank lines before the first block', () => {
    const retained = new RetainedBlocks(4);
    retained.addBlank('\n');
    retained.add(block(1, 'abc\n'));
    expect(textsOf(retained)).toStrictEqual(['abc\n']);
  });

  it('does not count withdrawn blocks', () => {
    const retained = new RetainedBlocks(4);
    retained.add(block(0, 'a\n', '\n'));
    retained.withdraw(retained.dependingOn(0), 0);
    retained.add(block(0, 'abc\n'));
    expect(textsOf(retained)).toStrictEqual(['abc\n']);
  });

  it('withdraws the blank lines from the line on, and does not count them', () => {
    const retained = new RetainedBlocks(6);
    retained.add(block(0, 'a\n', '\n \n\n'));
    retained.withdraw([], 3);
    expect(textsOf(retained)).toStrictEqual(['a\n\n \n']);
    retained.withdraw([], 2);
    expect(textsOf(retained)).toStrictEqual(['a\n\n']);
    retained.add(block(2, 'bc\n'));
    expect(textsOf(retained)).toStrictEqual(['a\n\n', 'bc\n']);
    retained.addBlank('\n');
    expect(textsOf(retained)).toStrictEqual(['bc\n\n']);
  });
});
