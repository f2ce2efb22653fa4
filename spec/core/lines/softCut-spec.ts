import { describe, expect, it } from 'vitest';

import { softCut } from '../../../src/core/lines/softCut.js';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

describe('softCut', () => {
  // prettier-ignore
  it.each([
    { title: 'holds the last grapheme back, which may go on',  tail: 'abcdef',                 part: 'abcde' },
    { title: 'prefers white space in the last quarter',        tail: 'one two three fou',      part: 'one two three ' },
    { title: 'prefers the last white space there',             tail: 'abcdefghijklmnop q r s', part: 'abcdefghijklmnop q r ' },
    { title: 'leaves white space before the last quarter',     tail: 'one twothree',           part: 'one twothre' },
    { title: 'leaves white space at its very beginning',       tail: 'abcde fg',               part: 'abcde f' },
    { title: 'holds white space at the end back',              tail: 'abcdefghi ',             part: 'abcdefghi' },
    { title: 'leaves a surrogate pair whole',                  tail: 'ab\u{1F600}',            part: 'ab' },
    { title: 'leaves half a surrogate pair to the other half', tail: 'ab\ud83d',               part: 'a' },
    { title: 'leaves it to a family that it may belong to',    tail: 'ab\u{1F468}\u200d\ud83d', part: 'ab' },
    { title: 'leaves a CR to its LF',                          tail: 'ab\r',                   part: 'ab' },
    { title: 'leaves an accent with its letter',               tail: 'abe\u0301',              part: 'ab' },
    { title: 'leaves a family together',                       tail: 'ab\u{1F468}\u200d\u{1F469}\u200d\u{1F467}', part: 'ab' },
    { title: 'leaves a flag whole',                            tail: 'ab\u{1F1E9}\u{1F1EA}',   part: 'ab' },
    { title: 'knows white space that an accent belongs to',    tail: 'abcdefghijk \u0301xy',   part: 'abcdefghijk \u0301x' },
    { title: 'cannot cut a single grapheme',                   tail: 'e\u0301\u0302',          part: '' },
    { title: 'cannot cut a single character',                  tail: 'a',                      part: '' },
  ])('$title', ({ tail, part }) => {
    expect(tail.slice(0, softCut(tail, segmenter))).toBe(part);
  });

  // prettier-ignore
  it.each([
    { title: 'takes all there is',                             tail: 'abcdef',                 part: 'abcdef' },
    { title: 'prefers white space in the last quarter',        tail: 'one two three fou',      part: 'one two three ' },
    { title: 'leaves half a surrogate pair to the other half', tail: 'ab\ud83d',               part: 'ab' },
    { title: 'takes a whole surrogate pair',                   tail: 'ab\u{1F600}',            part: 'ab\u{1F600}' },
    { title: 'leaves a CR to its LF',                          tail: 'ab\r',                   part: 'ab' },
    { title: 'cannot cut half a surrogate pair',               tail: '\ud83d',                 part: '' },
  ])('$title, without a segmenter', ({ tail, part }) => {
    expect(tail.slice(0, softCut(tail, undefined))).toBe(part);
  });
});
