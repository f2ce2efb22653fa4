import fc from 'fast-check';

/** Code points that are controls, always or in some contexts, and their neighbors. */
const codePoint = fc.oneof(
  fc.integer({ min: 0x00, max: 0x1f }),
  fc.integer({ min: 0x7f, max: 0x9f }),
  fc.integer({ min: 0x2000, max: 0x206f }),
  fc.integer({ min: 0xfe00, max: 0xfe0f }),
  fc.integer({ min: 0xfff0, max: 0xffff }),
  fc.integer({ min: 0xd800, max: 0xdfff }),
  fc.integer({ min: 0xe0000, max: 0xe01ff }),
  fc.constantFrom(0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x180b, 0x180e, 0x3164, 0xfeff, 0xffa0),
  fc.integer({ min: 0, max: 0x10ffff }),
);

const piece = fc.oneof(
  { weight: 4, arbitrary: codePoint.map((code) => String.fromCodePoint(code)) },
  { weight: 2, arbitrary: fc.constantFrom('\u200b', '\u200c', '\u200d', '\ufe0f', '\u{e007f}') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('👩', '❤', '🏽', '🏴', '1', '\u20e3', '葛', 'ᠨ', 'ب', 'क', '\u094d', 'ខ', '│'),
  },
  { weight: 1, arbitrary: fc.constantFrom('👨‍👩‍👧', '🏳️‍🌈', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '1️⃣', '葛󠄀', 'می‌خواهم', 'क्‍ष', '\u001b[2J') },
  { weight: 2, arbitrary: fc.string({ maxLength: 3 }) },
);

/** Text rich in controls, and in characters that combine with invisible ones. */
export const textWithControls: fc.Arbitrary<string> = fc
  .array(piece, { maxLength: 20 })
  .map((pieces) => pieces.join(''));
