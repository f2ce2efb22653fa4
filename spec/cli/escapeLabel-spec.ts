import { describe, expect, it } from 'vitest';

import { escapeLabel } from '../../src/cli/escapeLabel.js';

describe('escapeLabel', () => {
  it('escapes characters that would move or imitate the bar after a label', () => {
    expect(escapeLabel('a\tb│c┊d\u001b')).toBe('a\\x09b\\u2502c\\u250ad\\x1b');
  });

  it('escapes a variation selector after an escaped bar', () => {
    expect(escapeLabel('│\ufe0f')).toBe('\\u2502\\ufe0f');
  });
});
