import { describe, expect, it } from 'vitest';

import { BlockMachine } from '../../../src/core/markdown/blockMachine.js';
import { UnfinishedLine } from '../../../src/core/markdown/unfinishedLine.js';
import { rules } from '../../support/markdown.js';
import { WorkCounter } from '../../support/workCounter.js';

/** A machine that has read these lines. */
function machineAfter(lines: readonly string[]): BlockMachine {
  const machine = new BlockMachine(rules, () => undefined);
  lines.forEach((line, index) => {
    machine.readLine(index, line, '\n');
  });
  return machine;
}

/** How many characters are read when one is added to this line after these lines. */
function workOfNext(line: string, lines: readonly string[] = []): number {
  const machine = machineAfter(lines);
  const unfinished = new UnfinishedLine();
  const read = (text: string) => unfinished.isBlank(text) || unfinished.typeWith(text, lines.length, machine);
  read(line);
  return new WorkCounter().count(() => {
    read(`${line}x`);
  });
}

describe('the unfinished line', () => {
  it.each([
    'word',
    'é',
    '1a',
    '    code',
    '\tcode',
    '> quote',
    '- a',
    '* a',
    '+\ta',
    '1. a',
    '12) a',
    '- #',
    '- - a',
    '~~~',
    '[a](',
    ' [a] b',
    '`a',
  ])('is not read any more where no text can change its type: %j', (line) => {
    expect(workOfNext(line)).toBe(0);
  });

  it.each(['-', '- ', '- -', '- *', '1', ' 1.', '#', '# a', '```', '$$', '<a', '[a', '[a]: b', '***', '+'])(
    'is read while its type can change: %j',
    (line) => {
      expect(workOfNext(line)).toBeGreaterThan(0);
    },
  );

  it.each(['b', '# b', '> b', '- b', '```'])('is not read any more after a paragraph: %j', (line) => {
    expect(workOfNext(line, ['a'])).toBe(0);
  });

  it.each(['=', '--', '|', '|:-', '\t-'])('is read after a paragraph that it can change: %j', (line) => {
    expect(workOfNext(line, ['a'])).toBeGreaterThan(0);
  });

  it('is read after definitions', () => {
    expect(workOfNext('b', ['[a]: /b'])).toBeGreaterThan(0);
  });

  it('is not read after another block than a paragraph', () => {
    expect(workOfNext('-', ['- a'])).toBe(0);
  });

  it.each([
    { length: 1024, isRead: true },
    { length: 1025, isRead: false },
  ])('is read for each character up to 1024: $length', ({ length, isRead }) => {
    expect(workOfNext('-'.repeat(length - 1)) > 0).toBe(isRead);
    expect(workOfNext(' '.repeat(length - 1)) > 0).toBe(isRead);
  });

  // A CR may be a part of the line end.
  it('has its type without a CR at its end', () => {
    const unfinished = new UnfinishedLine();
    expect(unfinished.isBlank('***\r')).toBe(false);
    expect(unfinished.typeWith('***\r', 0, machineAfter([]))).toBe('thematicBreak');
  });

  it.each(['-', ' '])('is read again when it is twice as long: %j', (character) => {
    const machine = machineAfter([]);
    const unfinished = new UnfinishedLine();
    const workOf = (length: number) =>
      new WorkCounter().count(() => {
        const text = character.repeat(length);
        return unfinished.isBlank(text) || unfinished.typeWith(text, 0, machine);
      });
    expect([1200, 2399, 2400].map((length) => workOf(length) > 0)).toStrictEqual([true, false, true]);
  });
});
