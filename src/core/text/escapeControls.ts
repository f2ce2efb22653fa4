/**
 * What a terminal obeys, and what makes a text look different from what it is:
 * - C0 without tab, DEL and C1: cursor movement, titles, the clipboard, and all that begins with ESC or CSI;
 * - halves of surrogate pairs, which no encoding can write;
 * - the separators of lines and paragraphs, which some programs take for line ends;
 * - what Unicode counts as not shown: marks, overrides and isolates of the direction of writing, characters without
 *   width, tags, selectors, fillers, the soft hyphen;
 * - the marks of interlinear annotation.
 */
const CONTROL = '(?!\\t)[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]';

const HAS_CONTROL = /* @__PURE__ */ new RegExp(CONTROL, 'u');

/** A letter, or a mark on one, that is seen. What follows says of which script. */
const LETTER = '(?=[\\p{L}\\p{M}])(?!\\p{Default_Ignorable_Code_Point})';

/** A call, and not an expression, so that a bundler can leave it out where nobody escapes. */
const SEEN_OR_CONTROL = /* @__PURE__ */ seenOrControl();

/**
 * Makes visible what a terminal would obey and what would make the text look different from what it is: ESC becomes
 * `\x1b`, a right-to-left override `\u202e`, a tag `\u{e0041}`. Tabs, printable characters, and the invisible characters
 * that an emoji or a word needs around it, stay as they are.
 *
 * For a line, or a piece of one: a line feed is a control too. Each text is judged alone, so a control sequence that is
 * cut in two is as harmless as a whole one. The result is for people to read; it cannot be turned back, because a
 * backslash stays a backslash. Never throws; takes time linear in the length of the text, and no memory beyond the result.
 * What is an emoji or a letter is as in the Unicode version of the JavaScript engine.
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
 * @param text Any string; halves of surrogate pairs become visible as well.
 * @returns The same string when there was nothing to show. Applied again, nothing changes.
 */
export function escapeControls(text: string): string {
  return HAS_CONTROL.test(text)
    ? text.replace(SEEN_OR_CONTROL, (piece, seen: string | undefined) => seen ?? nameOf(piece))
    : text;
}

/** The code point, as an escape of a JavaScript string. */
function nameOf(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  const digits = codePoint.toString(16);
  if (codePoint > 0xffff) {
    return `\\u{${digits}}`;
  }
  return codePoint > 0xff ? `\\u${digits.padStart(4, '0')}` : `\\x${digits.padStart(2, '0')}`;
}

/** What is matched in the group is seen, together with the invisible characters that it needs to look right. */
function seenOrControl(): RegExp {
  return new RegExp(
    '(' +
      // A flag of a region: a black flag, letters and digits as tags, the end.
      '\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}|' +
      // An emoji, or several joined to one: a family, a profession.
      '\\p{Extended_Pictographic}\\p{Emoji_Modifier}?[\ufe0e\ufe0f]?' +
      '(?:\u200d\\p{Extended_Pictographic}\\p{Emoji_Modifier}?\ufe0f?)*|' +
      // A key cap; any other symbol, drawn as text or as an emoji; a variant of an ideograph.
      '[#*0-9]\ufe0f\u20e3|' +
      '(?![\\0-\\x7f])[\\p{Emoji}\\p{S}][\ufe0e\ufe0f]|' +
      '\\p{Ideographic}[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]|' +
      // Scripts without a space between words: where a line may be broken.
      `${LETTER}[\\p{scx=Khmer}\\p{scx=Lao}\\p{scx=Myanmar}\\p{scx=Thai}]\u200b|` +
      // Scripts whose words are spelled with joiners, Mongolian with selectors too.
      `${LETTER}\\p{scx=Mongolian}[\u180b-\u180f]?[\u200c\u200d]?|` +
      `${LETTER}[\\p{scx=Adlam}\\p{scx=Arabic}\\p{scx=Hanifi_Rohingya}\\p{scx=Mandaic}\\p{scx=Nko}\\p{scx=Phags_Pa}` +
      '\\p{scx=Syriac}\\p{scx=Bengali}\\p{scx=Devanagari}\\p{scx=Gujarati}\\p{scx=Gurmukhi}\\p{scx=Kannada}' +
      '\\p{scx=Khmer}\\p{scx=Malayalam}\\p{scx=Myanmar}\\p{scx=Oriya}\\p{scx=Sinhala}\\p{scx=Tamil}\\p{scx=Telugu}' +
      '\\p{scx=Tibetan}][\u200c\u200d]' +
      `)|${CONTROL}`,
    'gu',
  );
}
