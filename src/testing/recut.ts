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
 * A cut falls anywhere: between a CR and its LF, inside a surrogate pair, before the first and after the last character,
 * which gives empty deltas. Pieces of the same stream are joined, also when deltas of others were between them. What
 * stays: the text of each stream; `start`, `end` and `error`, and for each stream the text before them; and the order in
 * which streams open. So what a stream has to become does not depend on the seed. The same seed gives the same list, on
 * every platform.
 *
 * A new delta has all other fields of the delta that its text began in. Deltas that carry numbers therefore cannot be
 * numbered before, only after.
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
 * @param seed A whole number, as `Number.isSafeInteger` says.
 * @param events Any events; what is not a well-formed delta stays as it is.
 * @returns A new list, of new deltas and of the very events of other types that came in.
 * @throws `TypeError` or `RangeError` when a parameter is wrong.
 * @see {@link interleave} for the order of several streams.
 */
export function recut<K extends string>(seed: number, events: readonly DeltaEvent<K>[]): DeltaEvent<K>[] {
  const random = randomNumbers(seed, 'recut');
  checkList('The list of events', events);
  const cuts: Cut<K>[] = [];
  // The latest piece of each stream, as long as there was nothing but deltas since.
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

/** A piece of the text, with the delta that it began in. */
interface CutDelta<K extends string> {
  readonly event: TextDeltaEvent<K>;
  text: string;
}

type Cut<K extends string> = CutDelta<K> | { readonly event: DeltaEvent<K> };

/** At least one piece, at times one code unit each, at times all in one, and now and then none. */
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
  // A test may well have events that are none.
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
