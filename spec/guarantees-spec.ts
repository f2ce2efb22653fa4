import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

const page = new URL('../docs/guarantees.md', import.meta.url);

/** The second cell of each row that names a spec: its file, and a test in it. */
const proofs = [
  ...readFileSync(page, 'utf8').matchAll(/\| \[[^\]]+\]\(([^)]+-spec\.ts)\): "(.+?)" +\|/gu),
].map(([, file = '', title = '']) => ({ file, title }));

describe('the page of guarantees', () => {
  it('has a proof for each guarantee', () => {
    const rows = readFileSync(page, 'utf8')
      .split('\n')
      .filter((line) => /^\| (?!guarantee|-)/u.test(line));
    expect(proofs).toHaveLength(rows.length);
    expect(rows.length).toBeGreaterThan(0);
  });

  it.each(proofs)('names a test that is there: $title', ({ file, title }) => {
    expect(readFileSync(new URL(file, page), 'utf8')).toContain(title);
  });
});
