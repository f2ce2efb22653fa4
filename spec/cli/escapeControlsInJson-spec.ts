import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { escapeControlsInJson } from '../../src/cli/escapeControlsInJson.js';
import { escapeControls } from '../../src/index.js';
import { textWithControls } from '../support/controls.js';

describe('escapeControlsInJson', () => {
  it('shows controls as escapes of JSON', () => {
    const json = escapeControlsInJson(JSON.stringify('a\u001b\u007f\u009b\u2028\u202e\ufeff\ud83d🙂\t│'));
    expect(json).toBe('"a\\u001b\\u007f\\u009b\\u2028\\u202e\\ufeff\\ud83d🙂\\t│"');
  });

  it('shows a character beyond the first plane as two escapes', () => {
    expect(escapeControlsInJson('"\u{e0041}"')).toBe('"\\udb40\\udc41"');
  });

  it('leaves an emoji whole when something else is escaped', () => {
    expect(escapeControlsInJson('"👩‍🚀\u009b\\u001b"')).toBe('"👩‍🚀\\u009b\\u001b"');
  });

  it('stays the same value, without a character that a terminal obeys', () => {
    fc.assert(
      fc.property(textWithControls, (text) => {
        const json = escapeControlsInJson(JSON.stringify(text));
        expect(JSON.parse(json)).toBe(text);
        expect(escapeControls(json)).toBe(json);
      }),
    );
  });
});
