import fc from 'fast-check';
import { from, map } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines, type DeltaEvent, escapeControls } from '../../../src/index.js';
import { textWithControls } from '../../support/controls.js';

const ESC = '\u001b';
const ST = `${ESC}\\`;

describe('escapeControls', () => {
  it.each([
    { attack: 'setting the title of the window', text: `${ESC}]0;owned\u0007`, shown: '\\x1b]0;owned\\x07' },
    { attack: 'the same, ended by ST', text: `${ESC}]2;owned${ST}`, shown: '\\x1b]2;owned\\x1b\\' },
    { attack: 'reporting the title as input', text: `${ESC}[21t`, shown: '\\x1b[21t' },
    {
      attack: 'writing the clipboard',
      text: `${ESC}]52;c;cm0gLXJm\u0007`,
      shown: '\\x1b]52;c;cm0gLXJm\\x07',
    },
    { attack: 'reading the clipboard', text: `${ESC}]52;c;?\u0007`, shown: '\\x1b]52;c;?\\x07' },
    {
      attack: 'a link that leads elsewhere',
      text: `${ESC}]8;;https://evil.example${ST}bank${ESC}]8;;${ST}`,
      shown: '\\x1b]8;;https://evil.example\\x1b\\bank\\x1b]8;;\\x1b\\',
    },
    { attack: 'changing the palette', text: `${ESC}]4;0;#ffffff\u0007`, shown: '\\x1b]4;0;#ffffff\\x07' },
    { attack: 'a notification', text: `${ESC}]9;owned\u0007`, shown: '\\x1b]9;owned\\x07' },
    {
      attack: 'a file or picture in the text',
      text: `${ESC}]1337;File=:AA==\u0007`,
      shown: '\\x1b]1337;File=:AA==\\x07',
    },
    {
      attack: 'telling the shell where it is',
      text: `${ESC}]7;file:///\u0007`,
      shown: '\\x1b]7;file:///\\x07',
    },
    { attack: 'moving the cursor', text: `${ESC}[2A${ESC}[9D`, shown: '\\x1b[2A\\x1b[9D' },
    { attack: 'placing the cursor', text: `${ESC}[1;1H`, shown: '\\x1b[1;1H' },
    { attack: 'erasing the line', text: `${ESC}[2K`, shown: '\\x1b[2K' },
    { attack: 'clearing the screen', text: `${ESC}[2J`, shown: '\\x1b[2J' },
    { attack: 'clearing what scrolled by', text: `${ESC}[3J`, shown: '\\x1b[3J' },
    { attack: 'the other screen', text: `${ESC}[?1049h`, shown: '\\x1b[?1049h' },
    { attack: 'hiding the cursor', text: `${ESC}[?25l`, shown: '\\x1b[?25l' },
    { attack: 'hiding text', text: `${ESC}[8mhidden${ESC}[0m`, shown: '\\x1b[8mhidden\\x1b[0m' },
    { attack: 'reporting clicks as input', text: `${ESC}[?1003h`, shown: '\\x1b[?1003h' },
    { attack: 'switching the keypad', text: `${ESC}=`, shown: '\\x1b=' },
    { attack: 'switching the character set', text: `${ESC}(0`, shown: '\\x1b(0' },
    { attack: 'switching it by SO', text: '\u000eqqq\u000f', shown: '\\x0eqqq\\x0f' },
    { attack: 'a full reset', text: `${ESC}c`, shown: '\\x1bc' },
    {
      attack: 'asking what the device is',
      text: `${ESC}[c${ESC}[>c${ESC}[=c`,
      shown: '\\x1b[c\\x1b[>c\\x1b[=c',
    },
    { attack: 'asking for the status and the cursor', text: `${ESC}[5n${ESC}[6n`, shown: '\\x1b[5n\\x1b[6n' },
    { attack: 'the answer-back message', text: '\u0005', shown: '\\x05' },
    { attack: 'asking for a setting (DECRQSS)', text: `${ESC}P$q"p${ST}`, shown: '\\x1bP$q"p\\x1b\\' },
    {
      attack: 'asking for a capability (XTGETTCAP)',
      text: `${ESC}P+q544e${ST}`,
      shown: '\\x1bP+q544e\\x1b\\',
    },
    { attack: 'defining keys (DECUDK)', text: `${ESC}P0;1|17/6c73${ST}`, shown: '\\x1bP0;1|17/6c73\\x1b\\' },
    { attack: 'an application command (APC)', text: `${ESC}_Gi=1;AA${ST}`, shown: '\\x1b_Gi=1;AA\\x1b\\' },
    { attack: 'a privacy message (PM)', text: `${ESC}^x${ST}`, shown: '\\x1b^x\\x1b\\' },
    { attack: 'a start of string (SOS)', text: `${ESC}Xx${ST}`, shown: '\\x1bXx\\x1b\\' },
    { attack: 'printing', text: `${ESC}[5i`, shown: '\\x1b[5i' },
    { attack: 'ending a bracketed paste', text: `${ESC}[201~rm -rf`, shown: '\\x1b[201~rm -rf' },
    { attack: 'CSI as one character', text: '\u009b2J', shown: '\\x9b2J' },
    { attack: 'OSC as one character', text: '\u009d0;owned\u009c', shown: '\\x9d0;owned\\x9c' },
    {
      attack: 'DCS, SOS, PM, APC as one character',
      text: '\u0090\u0098\u009e\u009f',
      shown: '\\x90\\x98\\x9e\\x9f',
    },
    { attack: 'NEL', text: 'a\u0085b', shown: 'a\\x85b' },
    { attack: 'an ESC at the end', text: `a${ESC}`, shown: 'a\\x1b' },
    { attack: 'overwriting with CR', text: 'rm -rf /\rls', shown: 'rm -rf /\\x0dls' },
    { attack: 'overwriting with backspace', text: 'rm\u0008\u0008ls', shown: 'rm\\x08\\x08ls' },
    { attack: 'DEL', text: 'a\u007fb', shown: 'a\\x7fb' },
    { attack: 'NUL', text: 'a\u0000b', shown: 'a\\x00b' },
    { attack: 'a line that is none', text: 'a\nb\u000bc\u000cd', shown: 'a\\x0ab\\x0bc\\x0cd' },
    { attack: 'separators of lines and paragraphs', text: 'a\u2028b\u2029c', shown: 'a\\u2028b\\u2029c' },
    { attack: 'a bidirectional override', text: 'gpj.\u202eexe', shown: 'gpj.\\u202eexe' },
    {
      attack: 'bidirectional embeddings',
      text: '\u202aa\u202bb\u202dc\u202c',
      shown: '\\u202aa\\u202bb\\u202dc\\u202c',
    },
    {
      attack: 'bidirectional isolates',
      text: '\u2066\u2067\u2068a\u2069',
      shown: '\\u2066\\u2067\\u2068a\\u2069',
    },
    { attack: 'bidirectional marks', text: '\u200e\u200f\u061c', shown: '\\u200e\\u200f\\u061c' },
    { attack: 'deprecated format characters', text: '\u206a\u206f', shown: '\\u206a\\u206f' },
    { attack: 'a space without width', text: 'a\u200bb', shown: 'a\\u200bb' },
    { attack: 'joiners between Latin letters', text: 'pay\u200dpal\u200c', shown: 'pay\\u200dpal\\u200c' },
    { attack: 'a second joiner', text: 'ب\u200d\u200d', shown: 'ب\u200d\\u200d' },
    { attack: 'a joiner with nothing before it', text: '\u200d👩', shown: '\\u200d👩' },
    { attack: 'a joiner that joins nothing', text: '👩\u200d a', shown: '👩\\u200d a' },
    { attack: 'the word joiner and the byte order mark', text: '\u2060\ufeff', shown: '\\u2060\\ufeff' },
    {
      attack: 'invisible operators',
      text: 'f\u2061(x)\u2062y\u2063\u2064',
      shown: 'f\\u2061(x)\\u2062y\\u2063\\u2064',
    },
    { attack: 'the soft hyphen', text: 'pass\u00adword', shown: 'pass\\xadword' },
    { attack: 'the grapheme joiner', text: 'a\u034fb', shown: 'a\\u034fb' },
    {
      attack: 'fillers that look like nothing',
      text: '\u115f\u1160\u3164\uffa0',
      shown: '\\u115f\\u1160\\u3164\\uffa0',
    },
    { attack: 'interlinear annotation', text: '\ufff9a\ufffab\ufffb', shown: '\\ufff9a\\ufffab\\ufffb' },
    {
      attack: 'words written in tags',
      text: 'a\u{e0001}\u{e0068}\u{e0069}',
      shown: 'a\\u{e0001}\\u{e0068}\\u{e0069}',
    },
    {
      attack: 'words written in tags behind an emoji',
      text: '🙂\u{e0068}\u{e0069}\u{e007f}',
      shown: '🙂\\u{e0068}\\u{e0069}\\u{e007f}',
    },
    {
      attack: 'a flag with more tags than a region has',
      text: `🏴${'\u{e0061}'.repeat(7)}\u{e007f}`,
      shown: `🏴${'\\u{e0061}'.repeat(7)}\\u{e007f}`,
    },
    {
      attack: 'bytes written in selectors',
      text: '🙂\ufe0f\u{e0158}\u{e0159}',
      shown: '🙂\ufe0f\\u{e0158}\\u{e0159}',
    },
    { attack: 'selectors behind letters', text: 'a\ufe00b\ufe0f', shown: 'a\\ufe00b\\ufe0f' },
    { attack: 'a selector behind a digit that is no key', text: '1\ufe0f2', shown: '1\\ufe0f2' },
    { attack: 'Mongolian selectors without a letter', text: 'a\u180b\u180e', shown: 'a\\u180b\\u180e' },
    { attack: 'halves of surrogate pairs', text: '\ud83d!\ude42', shown: '\\ud83d!\\ude42' },
    { attack: 'musical and shorthand formats', text: '\u{1d173}\u{1bca0}', shown: '\\u{1d173}\\u{1bca0}' },
  ])('escapes $attack', ({ text, shown }) => {
    expect(escapeControls(text)).toBe(shown);
  });

  it.each([
    { name: 'tabs', text: 'a\tb' },
    { name: 'an emoji', text: '🙂' },
    { name: 'emoji with a skin tone', text: '👍🏽 ☝🏿' },
    { name: 'symbols drawn as emoji or as text', text: '❤️ ☎︎ ©️ ★️ ↔️' },
    { name: 'families', text: '👨‍👩‍👧 👨‍👩‍👧‍👦 👩🏽‍❤️‍💋‍👨🏿' },
    { name: 'professions', text: '👩‍🚀 🕵🏻‍♂️ 🧑🏾‍⚕️' },
    { name: 'other emoji made of several', text: '🐦‍🔥 🏳️‍🌈 🏴‍☠️ 👁️‍🗨️ 👨‍🦰 🙂‍↔️ ⛓️‍💥' },
    { name: 'flags', text: '🇳🇱 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏴󠁧󠁢󠁷󠁬󠁳󠁿' },
    { name: 'key caps', text: '1️⃣ #️⃣ *️⃣' },
    { name: 'variants of ideographs', text: '葛\u{e0100} 㐂\ufe00' },
    { name: 'joiners of Persian', text: 'می‌خواهم ه‍' },
    { name: 'joiners behind marks', text: 'क्‍ष ക്‌ ශ්‍රී' },
    { name: 'breaks of Thai and Khmer', text: 'ภาษา\u200bไทย ភាសា\u200bខ្មែរ' },
    { name: 'selectors and separators of Mongolian', text: 'ᠠ\u180b ᠨ\u180eᠠ ᠨ\u200d' },
    { name: 'scripts from right to left', text: 'שלום مرحبا' },
    { name: 'accents that combine', text: 'e\u0301' },
    { name: 'wide and narrow spaces', text: 'a\u00a0b\u2009c\u3000d' },
    { name: 'characters for private use', text: '\ue0b0\u{f0001}' },
    { name: 'text that looks escaped already', text: 'C:\\x1b' },
    { name: 'nothing', text: '' },
  ])('does not change $name', ({ text }) => {
    expect(escapeControls(text)).toBe(text);
  });

  it('leaves emoji whole next to a control character', () => {
    expect(escapeControls(`👨‍👩‍👧${ESC}🏴󠁧󠁢󠁳󠁣󠁴󠁿\u202e1️⃣`)).toBe('👨‍👩‍👧\\x1b🏴󠁧󠁢󠁳󠁣󠁴󠁿\\u202e1️⃣');
  });

  it('escapes a control sequence that is cut into two commits', () => {
    const events: DeltaEvent[] = [{ type: 'delta', kind: 'answer', id: '1', delta: `a${ESC}[2J` }];
    const texts: string[] = [];
    from(events)
      .pipe(
        commitLines({ maxLineLength: 2 }),
        map((commit) => (commit.type === 'line' ? commit.text : '')),
        map(escapeControls),
      )
      .subscribe((text) => texts.push(text));
    expect(texts.filter((text) => text !== '')).toStrictEqual(['a\\x1b', '[2', 'J']);
  });

  it('leaves no control character in any text', () => {
    fc.assert(
      fc.property(textWithControls, (text) => {
        expect(escapeControls(text)).not.toMatch(/(?!\t)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      }),
    );
  });

  it('leaves an invisible character only after a visible one, or in a flag', () => {
    fc.assert(
      fc.property(textWithControls, (text) => {
        const withoutFlags = escapeControls(text).replace(/🏴[\u{e0020}-\u{e007e}]+\u{e007f}/gu, '');
        const afterSeen = /(?![\t ])[^\p{Default_Ignorable_Code_Point}]\p{Default_Ignorable_Code_Point}/gu;
        const emojiJoiner = /\ufe0f\u200d/g;
        const afterSelector = /[\u180b-\u180f][\u200c\u200d]/g;
        const rest = withoutFlags.replace(emojiJoiner, '').replace(afterSelector, '').replace(afterSeen, '');
        expect(rest).not.toMatch(/\p{Default_Ignorable_Code_Point}/u);
      }),
    );
  });

  it('leaves printable ASCII and tabs unchanged, next to any control character', () => {
    const printable = fc.string({ unit: 'binary-ascii' }).map((text) => text.replace(/[^\t\x20-\x7e]/g, ''));
    const control = fc.constantFrom(ESC, '\u009b', '\u202e', '\u200d', '\ud800');
    fc.assert(
      fc.property(printable, control, printable, (before, attack, after) => {
        expect(escapeControls(before + attack + after)).toBe(before + escapeControls(attack) + after);
        expect(escapeControls(before)).toBe(before);
      }),
    );
  });

  it('changes nothing when it is applied again', () => {
    fc.assert(
      fc.property(textWithControls, (text) => {
        const shown = escapeControls(text);
        expect(escapeControls(shown)).toBe(shown);
      }),
    );
  });
});
