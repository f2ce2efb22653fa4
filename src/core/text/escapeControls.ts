/**
 * Characters that control a terminal or make a text look different from what it is:
 * - C0 without tab, DEL and C1: cursor movement, titles, the clipboard, and all ESC and CSI sequences;
 * - unpaired surrogates, which no encoding can represent;
 * - line and paragraph separators, which some programs treat as line ends;
 * - Unicode's default ignorable code points: bidirectional marks, overrides and isolates, zero-width characters,
 *   tags, variation selectors, fillers, the soft hyphen;
 * - the interlinear annotation characters.
 */
const CONTROL = '(?!\\t)[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]';

const HAS_CONTROL = /* @__PURE__ */ new RegExp(CONTROL, 'u');

/** A visible letter or combining mark. The pattern after it restricts the script. */
const LETTER = '(?=[\\p{L}\\p{M}])(?!\\p{Default_Ignorable_Code_Point})';

/** The call is marked as pure, so that a bundler can remove it if `escapeControls` is not used. */
const KEPT_OR_CONTROL = /* @__PURE__ */ keptOrControl();

/**
 * Escapes characters that control a terminal or make the text look different from what it is: ESC becomes `\x1b`, a
 * right-to-left override `\u202e`, a tag `\u{e0041}`. Tabs, printable characters, and the invisible characters that
 * an emoji or a word needs, are unchanged.
 *
 * Apply it to lines or parts of lines: a line feed is escaped too. Each call is independent, so a control sequence
 * that is cut in two is as harmless as a whole one. The result is for people to read and cannot be reversed, because
 * backslashes are not escaped. Never throws. Time: linear in the length of the text. Memory: the result. Emoji and
 * letters are those of the Unicode version of the JavaScript engine.
 *
 * ```ts
 * import { escapeControls } from 'deltalines';
 *
 * console.log(escapeControls('\u001b]0;owned\u0007 photo.\u202egpj'));
 * console.log(escapeControls('a family: \u{1f468}\u200d\u{1f469}\u200d\u{1f467}, a\tb') === 'a family: 👨‍👩‍👧, a\tb');
 *
 * // Logs:
 * // \x1b]0;owned\x07 photo.\u202egpj
 * // true
 * ```
 *
 * @param text Any string. Unpaired surrogates are escaped too.
 * @returns The escaped text; the same string if nothing was escaped. Escaping it again changes nothing.
 */
export function escapeControls(text: string): string {
  return HAS_CONTROL.test(text)
    ? text.replace(KEPT_OR_CONTROL, (piece, kept: string | undefined) => kept ?? escapeOf(piece))
    : text;
}

/** The code point, as an escape of a JavaScript string. */
function escapeOf(character: string): string {
  const digits = (character.codePointAt(0) ?? 0).toString(16);
  if (digits.length > 4) {
    return `\\u{${digits}}`;
  }
  return digits.length > 2 ? `\\u${digits.padStart(4, '0')}` : `\\x${digits.padStart(2, '0')}`;
}

/** The group matches visible text with the invisible characters that it needs. */
function keptOrControl(): RegExp {
  return new RegExp(
    '(' +
      // The flag of a region: a black flag, tag letters and digits, a cancel tag.
      '\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}|' +
      // An emoji, or a joined sequence of emoji such as a family or a profession.
      '\\p{Extended_Pictographic}\\p{Emoji_Modifier}?[\ufe0e\ufe0f]?' +
      '(?:\u200d\\p{Extended_Pictographic}\\p{Emoji_Modifier}?\ufe0f?)*|' +
      // A keycap; another symbol in text or emoji presentation; a variant of an ideograph.
      '[#*0-9]\ufe0f\u20e3|' +
      '(?![\\0-\\x7f])[\\p{Emoji}\\p{S}][\ufe0e\ufe0f]|' +
      '\\p{Ideographic}[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]|' +
      // Scripts without spaces between words: a line break opportunity.
      `${LETTER}[\\p{scx=Khmer}\\p{scx=Lao}\\p{scx=Myanmar}\\p{scx=Thai}]\u200b|` +
      // Scripts whose spelling needs joiners; Mongolian also needs variation selectors.
      `${LETTER}\\p{scx=Mongolian}[\u180b-\u180f]?[\u200c\u200d]?|` +
      `${LETTER}[\\p{scx=Adlam}\\p{scx=Arabic}\\p{scx=Hanifi_Rohingya}\\p{scx=Mandaic}\\p{scx=Nko}\\p{scx=Phags_Pa}` +
      '\\p{scx=Syriac}\\p{scx=Bengali}\\p{scx=Devanagari}\\p{scx=Gujarati}\\p{scx=Gurmukhi}\\p{scx=Kannada}' +
      '\\p{scx=Khmer}\\p{scx=Malayalam}\\p{scx=Myanmar}\\p{scx=Oriya}\\p{scx=Sinhala}\\p{scx=Tamil}\\p{scx=Telugu}' +
      '\\p{scx=Tibetan}][\u200c\u200d]' +
      `)|${CONTROL}`,
    'gu',
  );
}
