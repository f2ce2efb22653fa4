import { describe, expect, it } from 'vitest';

import { escapeLabel } from '../../src/cli/escapeLabel.js';

describe('escapeLabel', () => {
  it('also shows what would move or imitate the bar behind a label', () => {
    expect(escapeLabel('a\tb│c┊d\u001b')).toBe('a\\x09b\\u2502c\\u250ad\\x1b');
  });

  it('shows a selector behind a bar, which has nothing to select any more', () => {
    expect(escapeLabel('│\ufe0f')).toBe('\\u2502\\ufe0f');
  });
});
