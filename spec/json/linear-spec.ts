import { from, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { DeltaEvent } from '../../src/index.js';
import { scanJSON, splitJSON } from '../../src/json/index.js';
import { WorkCounter } from '../support/workCounter.js';

/** JSON texts of about this length. */
const texts: Readonly<Record<string, (length: number) => string>> = {
  'one string': (length) => JSON.stringify({ content: 'x'.repeat(length) }),
  'a string of escapes': (length) => JSON.stringify('\n'.repeat(length / 2)),
  'a string of escaped surrogates': (length) => `"${'\\ud83d\\ude00'.repeat(length / 12)}"`,
  'a list of numbers': (length) => JSON.stringify(Array.from({ length: length / 3 }, () => 12)),
  'an object with many names': (length) =>
    JSON.stringify(
      Object.fromEntries(
        Array.from({ length: length / 10 }, (_, name) => [String(name).padStart(5, '0'), 1]),
      ),
    ),
};

const operators: Readonly<Record<string, (events: Observable<DeltaEvent>) => Observable<object>>> = {
  'splitJSON()': (events) => events.pipe(splitJSON()),
  'scanJSON()': (events) => events.pipe(scanJSON()),
  'scanJSON({ partial: true, every: Infinity })': (events) =>
    events.pipe(scanJSON({ partial: true, every: Infinity })),
};

/** How many characters are looked at for a text that comes in deltas of one character. */
function workOf(text: string, operator: (events: Observable<DeltaEvent>) => Observable<object>): number {
  const events: DeltaEvent[] = text
    .split('')
    .map((delta) => ({ type: 'delta', kind: 'tool', id: 'a', delta }));
  events.push({ type: 'end', kind: 'tool', id: 'a', text });
  let last: object | undefined;
  const work = new WorkCounter().count(() => {
    operator(from(events)).subscribe((value) => (last = value));
  });
  // The text was read to its end.
  expect(last).toMatchObject(last !== undefined && 'reason' in last ? { reason: 'end' } : { type: 'end' });
  expect(last).not.toHaveProperty('error');
  return work;
}

describe('the work for deltas of one character', () => {
  const cases = Object.keys(operators).flatMap((operator) =>
    Object.keys(texts).map((text) => ({ operator, text })),
  );

  it.each(cases)('grows like the length of the text: $operator, $text', ({ operator, text }) => {
    const [make, run] = [texts[text], operators[operator]];
    if (make === undefined || run === undefined) {
      throw new Error('No such case');
    }
    const [short, long] = [make(10_000), make(100_000)];
    const [few, many] = [workOf(short, run), workOf(long, run)];
    expect(few).toBeGreaterThan(short.length);
    expect(many / few).toBeLessThan(12);
    expect(many).toBeLessThan(20 * long.length);
  });

  it('is that of a partial value too, however long its string is', () => {
    const partials = (events: Observable<DeltaEvent>) => events.pipe(scanJSON({ partial: true }));
    const long = texts['one string']?.(100_000) ?? '';
    expect(workOf(long, partials)).toBeLessThan(20 * long.length);
  });
});
