import { describe, expect, it, vi } from 'vitest';

import { forms, report, search } from './search.js';

vi.setConfig({ testTimeout: 120_000 });

describe('both forms of the operator', () => {
  it('behave like the reference model, whatever is done to them', () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const finding = search(forms, { seed, numRuns: 1_000 });
    expect(finding === undefined ? 'nothing was found' : report(finding)).toBe('nothing was found');
  });
});
