import type { DeltaEvent, TextDeltaEvent } from '../events.js';
import { checkList, randomNumbers } from './parameters.js';
import type { RandomNumbers } from './randomNumbers.js';

/**
 * Cuts the same texts into other deltas, as another network or another version of a producer would.
 *
 * ```text
 * events   a:"one\r\n" b:"x" a:"two" b:"yz" a:end b:end
 *          recut(seed, events)
 *          a:"one\r" b:"xy" a:"\ntwo" b:"z" a:end b:end
 * ```
 *
 * Cuts are anywhere: between a CR and its LF, inside a surrogate pair, and before the first and after the last
 * character, which creates empty deltas. Deltas of the same stream may be joined, also across deltas of other
 * streams. The text of each stream, its `start`, `end` and `error`, the text before them, and the order in which
 * streams open do not change. So the expected result does not depend on the seed. The same seed returns the same list
 * on every platform.
 *
 * A new delta copies the other fields of the delta in which its text began. So number deltas after cutting them, not
 * before.
 *
 * @example
 *
 * ```ts
 * import { commitLines, type DeltaEvent } from 'deltalines';
 * import { recut } from 'deltalines/testing';
 * import { from } from 'rxjs';
 *
 * const events: DeltaEvent[] = [
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'hello\r\n' },
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'world\r\n' },
 * ];
 * const other = recut(3, events);
 * console.log(other.map((event) => event.type === 'delta' && JSON.stringify(event.delta)).join(' '));
 *
 * from(other)
 *   .pipe(commitLines())
 *   .subscribe((commit) => {
 *     if (commit.type === 'line') console.log(commit.text);
 *   });
 *
 * // Logs:
 * // "hello" "\r\n" "w" "o" "rld\r" "\n"
 * // hello
 * // world
 * ```
 *
 * @param seed A safe integer.
 * @param events Any events. Values that are not well-formed deltas are unchanged.
 * @returns A new list of new deltas and of the same other events.
 * @throws `TypeError` or `RangeError` if a parameter is wrong.
 * @see {@link interleave} for the order of several streams.
 */
export function recut<K extends string>(seed: number, events: readonly DeltaEvent<K>[]): DeltaEvent<K>[] {
  const random = randomNumbers(seed, 'recut');
  checkList('The list of events', events);
  const cuts: Cut<K>[] = [];
  // The latest piece of each stream, until another event of the stream.
  const latest = new Map<string, CutDelta<K>>();
  for (const event of events) {
    if (!isDelta(event)) {
      latest.clear();
      cuts.push({ event });
      continue;
    }
    const key = JSON.stringify([event.kind, event.id]);
    for (const text of piecesOf(event.delta, random)) {
      const before = latest.get(key);
      if (before !== undefined && random.below(2) === 0) {
        before.text += text;
      } else {
        const piece = { event, text };
        latest.set(key, piece);
        cuts.push(piece);
      }
    }
  }
  return cuts.map((cut) => ('text' in cut ? { ...cut.event, delta: cut.text } : cut.event));
}

/** A piece of text, with the delta in which it began. */
interface CutDelta<K extends string> {
  readonly event: TextDeltaEvent<K>;
  text: string;
}

type Cut<K extends string> = CutDelta<K> | { readonly event: DeltaEvent<K> };

/** Yields at least one piece. Pieces are random, of one code unit each or the whole text, and may be empty. */
function* piecesOf(text: string, random: RandomNumbers): Generator<string> {
  const longest = 2 ** random.below(33 - Math.clz32(text.length));
  let start = 0;
  do {
    const length = random.below(8) === 0 ? 0 : 1 + random.below(longest);
    const end = Math.min(text.length, start + length);
    yield text.slice(start, end);
    start = end;
  } while (start < text.length);
}

function isDelta<K extends string>(event: DeltaEvent<K>): event is TextDeltaEvent<K> {
  // A test may contain malformed events.
  const value: unknown = event;
  if (typeof value !== 'object' || value === null || event.type !== 'delta') {
    return false;
  }
  const { kind, id, delta, order } = event;
  const strings: readonly unknown[] = [kind, id, delta];
  return strings.every((field) => typeof field === 'string') && (order === undefined || isOrder(order));
}

function isOrder(order: unknown): boolean {
  return Array.isArray(order) && order.every(Number.isFinite);
}
