import { describe, expect, it } from 'vitest';

import { escapeControls, escapeControlsInJson, escapeLabel } from '../../src/cli/escapeControls.js';

describe('escapeControls', () => {
  it.each([
    { attack: 'the title of the window', text: '\u001b]0;owned\u0007', shown: '\\x1b]0;owned\\x07' },
    { attack: 'the clipboard', text: '\u001b]52;c;cm0gLXJm\u0007', shown: '\\x1b]52;c;cm0gLXJm\\x07' },
    {
      attack: 'a link that leads elsewhere',
      text: '\u001b]8;;https://evil.example\u001b\\bank\u001b]8;;\u001b\\',
      shown: '\\x1b]8;;https://evil.example\\x1b\\bank\\x1b]8;;\\x1b\\',
    },
    { attack: 'the cursor', text: '\u001b[2A\u001b[K', shown: '\\x1b[2A\\x1b[K' },
    { attack: 'the colours', text: '\u001b[8mhidden\u001b[0m', shown: '\\x1b[8mhidden\\x1b[0m' },
    { attack: 'a status report, typed into the shell', text: '\u001b[6n\u001b[c', shown: '\\x1b[6n\\x1b[c' },
    { attack: 'a device control string', text: '\u001bP$q"p\u001b\\', shown: '\\x1bP$q"p\\x1b\\' },
    { attack: 'CSI as one character', text: '\u009b2J', shown: '\\x9b2J' },
    { attack: 'OSC as one character', text: '\u009d0;owned\u009c', shown: '\\x9d0;owned\\x9c' },
    { attack: 'NEL', text: 'a\u0085b', shown: 'a\\x85b' },
    { attack: 'overwriting with CR', text: 'rm -rf /\rls', shown: 'rm -rf /\\x0dls' },
    { attack: 'overwriting with backspace', text: 'rm\u0008\u0008ls', shown: 'rm\\x08\\x08ls' },
    { attack: 'DEL', text: 'a\u007fb', shown: 'a\\x7fb' },
    { attack: 'NUL', text: 'a\u0000b', shown: 'a\\x00b' },
    { attack: 'a line that is none', text: 'a\nb', shown: 'a\\x0ab' },
    { attack: 'the bell', text: '\u0007', shown: '\\x07' },
    { attack: 'a bidirectional override', text: 'gpj.\u202eexe', shown: 'gpj.\\u202eexe' },
    { attack: 'bidirectional isolates', text: '\u2066a\u2069', shown: '\\u2066a\\u2069' },
    {
      attack: 'bidirectional marks',
      text: '\u200e\u200f\u061c',
      shown: '\\u200e\\u200f\\u061c',
    },
    { attack: 'separators of lines', text: 'a\u2028b\u2029c', shown: 'a\\u2028b\\u2029c' },
    { attack: 'characters without width', text: '\u200b\u2060\ufeff', shown: '\\u200b\\u2060\\ufeff' },
    { attack: 'half a surrogate pair', text: '\ud83d!\ude42', shown: '\\ud83d!\\ude42' },
  ])('shows $attack', ({ text, shown }) => {
    expect(escapeControls(text)).toBe(shown);
  });

  it.each([
    { name: 'tabs', text: 'a\tb' },
    { name: 'emoji', text: '🙂 👩‍🚀 👨‍👩‍👧 🏴󠁧󠁢󠁳󠁣󠁴󠁿' },
    { name: 'joiners of words', text: 'می‌خواهم क्‍ष' },
    { name: 'scripts from right to left', text: 'שלום مرحبا' },
    { name: 'accents that combine', text: 'e\u0301' },
    { name: 'backslashes', text: 'C:\\x1b' },
    { name: 'nothing', text: '' },
  ])('leaves $name alone', ({ text }) => {
    expect(escapeControls(text)).toBe(text);
  });
});

describe('escapeLabel', () => {
  it('also shows what would move or imitate the bar behind a label', () => {
    expect(escapeLabel('a\tb│c┊d\u001b')).toBe('a\\x09b\\u2502c\\u250ad\\x1b');
  });
});

describe('escapeControlsInJson', () => {
  it('stays the same value without a character that a terminal obeys', () => {
    const text = 'a\u001b\u007f\u009b\u2028\u202e\ufeff\ud83d🙂\t│';
    const json = escapeControlsInJson(JSON.stringify(text));
    expect(json).toBe('"a\\u001b\\u007f\\u009b\\u2028\\u202e\\ufeff\\ud83d🙂\\t│"');
    expect(JSON.parse(json)).toBe(text);
  });
});
