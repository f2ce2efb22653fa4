import { describe, expect, it } from 'vitest';

import { DefinitionScanner } from '../../../src/core/markdown/definitionScanner.js';

function scan(lines: readonly string[]): DefinitionScanner {
  const scanner = new DefinitionScanner();
  lines.forEach((line) => {
    scanner.readLine(line, 0);
  });
  return scanner;
}

const letters = (length: number) => 'a'.repeat(length);

describe('DefinitionScanner', () => {
  it.each([
    'a',
    '[]',
    '[ ]',
    '[a[',
    '[a]x',
    '[a] ',
    '[a]: <b<',
    '[a]: <b>c',
    '[a]: b)',
    '[a]: (b ',
    '[a]: b\u0001',
    '[a]: b\u001f',
    '[a]: b\u007f',
    '[a]: b c',
    '[a]: b (c(',
    '[a]: b "c" d',
    `[${letters(1000)}`,
  ])('fails at the end of the text %j', (text) => {
    const scanner = new DefinitionScanner();
    scanner.readText(text.slice(0, -1), 0);
    expect(scanner.isFailed).toBe(false);
    scanner.readText(text, text.length - 1);
    expect(scanner.isFailed).toBe(true);
  });

  it.each([
    '',
    '[a]',
    '[a]: <b',
    '[a]: <b\\',
    '[a]: (b',
    '[a]: \\b(',
    '[a]: \\\\(',
    '[a]: b "c" d',
    '[a]: (b "c"',
  ])('fails with the line %j', (line) => {
    expect(scan([line]).isFailed).toBe(true);
  });

  // prettier-ignore
  it.each([
    { lines: ['[a]: b'],                                   isComplete: true },
    { lines: ['[a]:', 'b'],                                isComplete: true },
    { lines: ['[a]: b', '[c]: d'],                         isComplete: true },
    { lines: ['[a]: b "c"', '[d]: e'],                     isComplete: true },
    { lines: ['[a]: b "c'],                                isComplete: false },
    { lines: ['[a]: b "c\\', '"'],                         isComplete: true },
    { lines: ['[a\\', ']: b'],                             isComplete: true },
    { lines: ['[a]: <b> '],                                isComplete: true },
    { lines: ['[a]: b '],                                  isComplete: true },
    { lines: ['[a]: b\\', '"c"'],                          isComplete: true },
    // A line end counts as a character of a label, of which there may be 999.
    { lines: [`[${letters(998)}`, ']: b'],                 isComplete: true },
    { lines: [`[${letters(500)}`, `${letters(498)}]: b`],  isComplete: true },
  ])('has complete definitions after $lines: $isComplete', ({ lines, isComplete }) => {
    const scanner = scan(lines);
    expect(scanner.isComplete).toBe(isComplete);
    expect(scanner.isFailed).toBe(false);
  });

  it.each([
    { lines: ['[a]: b "c"', 'd'] },
    { lines: ['[a]: b', 'c'] },
    { lines: ['[a]: b "c" d', '[e]: f'] },
    { lines: [`[${letters(999)}`] },
    { lines: [`[${letters(999)}`, ']: b'] },
    { lines: [`[${letters(500)}`, `${letters(499)}]: b`] },
  ])('fails with the lines $lines', ({ lines }) => {
    expect(scan(lines).isFailed).toBe(true);
  });

  it('continues independently of its clone', () => {
    const scanner = scan(['[a]: b']);
    const clone = scanner.clone();
    expect(clone.isComplete).toBe(true);
    clone.readLine('c', 0);
    expect(clone.isFailed).toBe(true);
    expect(scanner.isComplete).toBe(true);
  });
});
