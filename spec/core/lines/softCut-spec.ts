import { describe, expect, it } from 'vitest';

import { softCut } from '../../../src/core/lines/softCut.js';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

describe('softCut', () => {
  // prettier-ignore
  it.each([
    { title: 'holds the last grapheme, which may continue',   tail: 'abcdef',                 part: 'abcde' },
    { title: 'prefers white space in the last quarter',       tail: 'one two three fou',      part: 'one two three ' },
    { title: 'prefers the last white space there',            tail: 'abcdefghijklmnop q r s', part: 'abcdefghijklmnop q r ' },
    { title: 'ignores white space before the last quarter',   tail: 'one twothree',           part: 'one twothre' },
    { title: 'ignores white space at the very beginning',     tail: 'abcde fg',               part: 'abcde f' },
    { title: 'holds white space at the end',                  tail: 'abcdefghi ',             part: 'abcdefghi' },
    { title: 'does not cut a surrogate pair',                 tail: 'ab\u{1F600}',            part: 'ab' },
    { title: 'holds half a surrogate pair',                   tail: 'ab\ud83d',               part: 'a' },
    { title: 'holds half a pair that may belong to a family', tail: 'ab\u{1F468}\u200d\ud83d', part: 'ab' },
    { title: 'does not cut before an LF that may follow',     tail: 'ab\r',                   part: 'ab' },
    { title: 'does not cut before an accent',                 tail: 'abe\u0301',              part: 'ab' },
    { title: 'does not cut a family',                         tail: 'ab\u{1F468}\u200d\u{1F469}\u200d\u{1F467}', part: 'ab' },
    { title: 'does not cut a flag',                           tail: 'ab\u{1F1E9}\u{1F1EA}',   part: 'ab' },
    { title: 'recognizes white space with an accent',         tail: 'abcdefghijk \u0301xy',   part: 'abcdefghijk \u0301x' },
    { title: 'cannot cut a single grapheme',                  tail: 'e\u0301\u0302',          part: '' },
    { title: 'cannot cut a single character',                 tail: 'a',                      part: '' },
  ])('$title', ({ tail, part }) => {
    expect(tail.slice(0, softCut(tail, segmenter))).toBe(part);
  });

  // prettier-ignore
  it.each([
    { title: 'takes the whole tail',                      tail: 'abcdef',                 part: 'abcdef' },
    { title: 'prefers white space in the last quarter',   tail: 'one two three fou',      part: 'one two three ' },
    { title: 'holds half a surrogate pair',               tail: 'ab\ud83d',               part: 'ab' },
    { title: 'takes a whole surrogate pair',              tail: 'ab\u{1F600}',            part: 'ab\u{1F600}' },
    { title: 'does not cut before an LF that may follow', tail: 'ab\r',                   part: 'ab' },
    { title: 'cannot cut half a surrogate pair',          tail: '\ud83d',                 part: '' },
  ])('$title, without a segmenter', ({ tail, part }) => {
    expect(tail.slice(0, softCut(tail, undefined))).toBe(part);
  });
});
