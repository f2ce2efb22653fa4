import { describe, expect, it } from 'vitest';

import { matrices } from '../../bench/matrix.js';
import { withFigures } from '../../bench/readmeFigures.js';
import type { Result } from '../../bench/result.js';

const cellOf = (row: string, column: string, ratio: number): Result => ({
  measure: 'commitLines',
  title: 'operator ÷ loop',
  label: `${row}, ${column}`,
  unit: '×',
  cell: { row, column },
  goal: { atMost: 1.35 },
  medianGoal: { atMost: 1.2 },
  values: [ratio, ratio, ratio],
  rounds: [],
});

const cells = [cellOf('1', 'kept', 1.1), cellOf('1', 'dropped', 1.5), cellOf('8', 'kept', 1.2)];

describe('a matrix', () => {
  it('has a row and a column for each cell, and is bold where a goal is not met', () => {
    const [title, , ...table] = matrices(cells).split('\n');
    expect(title).toBe('operator ÷ loop:');
    expect(table.slice(0, 4).map((row) => row.replaceAll(/ +/g, ' '))).toStrictEqual([
      '| | kept | dropped |',
      expect.stringMatching(/^(\| -+ ){3}\|$/),
      '| 1 | 1.10 (1.10 – 1.10) | **1.50 (1.50 – 1.50)** |',
      '| 8 | 1.20 (1.20 – 1.20) | |',
    ]);
  });

  it('ends with the median and the worst case', () => {
    expect(matrices(cells)).toMatch(
      /\nThe median of the 3 cells is 1\.20 \(goal ≤ 1\.2, met\)\. The worst is 1\.50 \(goal ≤ 1\.35, \*\*not met\*\*\): 1, dropped\.$/,
    );
  });

  it('contains only results that are cells', () => {
    const { cell, ...other } = cellOf('1', 'kept', 1);
    expect(cell).toBeDefined();
    expect(matrices([other])).toBe('');
  });
});

describe('the figures of the README', () => {
  const chain = { ...cellOf('chat', 'small', 1.3), measure: 'bytesToCommits' };
  const sdks = [2, 4].map((ratio) => ({ ...cellOf('sdk', 'small', ratio), measure: 'officialSDKs' }));
  const readme = 'Before\n\n<!-- written by npm run bench:report -->\n\nOld\n\n<!-- end -->\n\nAfter\n';

  it('have the median and the worst case, between the markers', () => {
    const written = withFigures(readme, [...cells, chain, ...sdks]);
    expect(written).toMatch(/^Before\n\n<!-- written by npm run bench:report -->\n\n`commitLines\(\)`/);
    expect(written).toMatch(/1\.20 times .* 1\.50 times in the worst: 1, dropped\..*1\.30.*2\.00 to 4\.00/s);
    expect(written).toMatch(/\n\n<!-- end -->\n\nAfter\n$/);
    expect(written).not.toContain('Old');
    expect(withFigures(written, [...cells, chain, ...sdks])).toBe(written);
  });

  it('need the markers', () => {
    expect(() => withFigures('# Title', cells)).toThrow('has no lines between');
  });
});
