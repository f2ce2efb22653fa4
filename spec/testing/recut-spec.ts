import fc from 'fast-check';
import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { readEvent } from '../../src/core/streams/readEvent.js';
import { type Commit, commitLines, type DeltaEvent } from '../../src/index.js';
import { recut } from '../../src/testing/index.js';
import { byStream, deltaEvent, keyOf, malformedEvent } from '../support/arbitraries.js';
import { collect } from '../support/collect.js';
import { delta, end, failure, start } from '../support/events.js';

const seed = fc.maxSafeInteger();
const wellFormed = fc.array(deltaEvent, { maxLength: 30 });
const withMalformed = fc.array(
  fc.oneof({ weight: 9, arbitrary: deltaEvent }, { weight: 1, arbitrary: malformedEvent }),
  { maxLength: 30 },
);

/** What must not change: all events except deltas, and the text of each stream between them. */
function essence(events: readonly DeltaEvent[]): readonly unknown[] {
  const essential: unknown[] = [];
  let texts = new Map<string, string>();
  for (const event of events) {
    if (readEvent(event) !== undefined && event.type === 'delta') {
      texts.set(keyOf(event), (texts.get(keyOf(event)) ?? '') + event.delta);
    } else {
      essential.push([...texts], event);
      texts = new Map();
    }
  }
  return [...essential, [...texts]];
}

/** Formats the deltas of a list, for example `a"hel" a"lo"`. */
const deltasOf = (events: readonly DeltaEvent[]) =>
  events
    .map((event) => event.id + (event.type === 'delta' ? JSON.stringify(event.delta) : event.type))
    .join(' ');

/** The results for a list with the first thousand seeds. */
const outcomes = (events: readonly DeltaEvent[]) =>
  new Set(Array.from({ length: 1_000 }, (_, of) => deltasOf(recut(of, events))));

describe('recut', () => {
  it('keeps the texts, all other events, and the text between them', () => {
    fc.assert(
      fc.property(seed, withMalformed, (of, events) => {
        expect(essence(recut(of, events))).toStrictEqual(essence(events));
      }),
    );
  });

  it('does not change the commits of a stream', async () => {
    const commitsOf = async (events: readonly DeltaEvent[]) => {
      const commits: readonly Commit[] = await collect(from(events).pipe(commitLines()));
      return [...byStream(commits)].map(([stream, ofStream]) => ({ stream, ofStream }));
    };
    await fc.assert(
      fc.asyncProperty(seed, wellFormed, async (of, events) => {
        expect(await commitsOf(recut(of, events))).toStrictEqual(await commitsOf(events));
      }),
    );
  });

  it.each([
    { field: 'order', event: { ...delta('a', 'xy'), order: [NaN] } },
    { field: 'order', event: { ...delta('a', 'xy'), order: 'first' as never } },
    { field: 'id', event: { ...delta('a', 'xy'), id: 5 as never } },
    { field: 'delta', event: { ...delta('a', 'xy'), delta: ['x', 'y'] as never } },
  ])('does not change a delta with a malformed $field', ({ event }) => {
    for (let of = 0; of < 20; of++) {
      expect(recut(of, [delta('a', ''), event]).at(-1)).toBe(event);
    }
  });

  it('does not change events other than deltas', () => {
    const events = [start('a'), delta('a', 'x'), end('a', 'x'), failure('b', 'boom')];
    const output = recut(1, events);
    for (const event of events.filter(({ type }) => type !== 'delta')) {
      expect(output.some((other) => other === event)).toBe(true);
    }
  });

  it.each(['a"xyz"', 'a"x" a"yz"', 'a"xy" a"z"', 'a"x" a"y" a"z"'])('cuts xyz into %s', (cut) => {
    expect(outcomes([delta('a', 'xyz')])).toContain(cut);
  });

  it.each([
    { title: 'between a CR and its LF', text: 'x\r\ny', cut: 'a"x\\r" a"\\ny"' },
    { title: 'inside a surrogate pair', text: 'x\u{1F600}y', cut: 'a"x\\ud83d" a"\\ude00y"' },
    { title: 'before the first character', text: 'x', cut: 'a"" a"x"' },
  ])('cuts $title', ({ text, cut }) => {
    expect(outcomes([delta('a', text)])).toContain(cut);
  });

  it('joins deltas, even across those of other streams', () => {
    const ways = outcomes([delta('a', 'x'), delta('b', 'y'), delta('a', 'z')]);
    expect(ways).toContain('a"xz" b"y"');
    expect(ways).toContain('a"x" b"y" a"z"');
  });

  it.each([{ event: start('b') }, { event: end('b') }, { event: failure('b', 'boom') }])(
    'joins nothing across other events: $event.type',
    ({ event }) => {
      expect(outcomes([delta('a', ''), event, delta('a', '')])).not.toContain(`a"" b${event.type}`);
    },
  );

  it('opens streams in the same order', () => {
    fc.assert(
      fc.property(seed, wellFormed, (of, events) => {
        const opened = (list: readonly DeltaEvent[]) => [...new Set(list.map(keyOf))];
        expect(opened(recut(of, events))).toStrictEqual(opened(events));
      }),
    );
  });

  it('cuts a long text into pieces of all lengths', () => {
    const long = 'x'.repeat(1_000);
    const lengths = Array.from({ length: 100 }, (_, of) => recut(of, [delta('a', long)]).length);
    expect(Math.min(...lengths)).toBeLessThan(5);
    expect(Math.max(...lengths)).toBeGreaterThan(300);
  });

  it('copies the fields of the delta in which a piece begins', () => {
    const first = { ...delta('a', 'hello '), order: [1] };
    const second = { ...delta('a', 'world'), connection: 'x' };
    for (const event of recut(5, [first, second])) {
      const isOfFirst = 'order' in event;
      expect(event).toStrictEqual({
        ...(isOfFirst ? first : second),
        delta: event.type === 'delta' && event.delta,
      });
    }
    expect(recut(5, [first, second])[0]).toHaveProperty('order', [1]);
  });

  it('does not change the list and its events', () => {
    const events = Object.freeze([Object.freeze(delta('a', 'hello')), Object.freeze(delta('a', 'world'))]);
    expect(essence(recut(1, events))).toStrictEqual(essence(events));
  });

  it.each([
    { of: 1, cut: 'a"" a"one\\r\\n" b"yz" a"t" a"wo" aend' },
    { of: 2, cut: 'a"o" a"ne" a"\\r\\ntwo" b"yz" aend' },
    { of: 3, cut: 'a"one\\r\\n" b"yz" a"t" a"w" a"o" aend' },
  ])('always returns $cut for the seed $of', ({ of, cut }) => {
    expect(deltasOf(recut(of, [delta('a', 'one\r\n'), delta('b', 'yz'), delta('a', 'two'), end('a')]))).toBe(
      cut,
    );
  });
});
