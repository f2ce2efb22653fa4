import type { Connection } from './recording';
import type { Timed } from './run';
import type { ArrivalSettings } from './settings';

/** The events of the connection at this place among all connections, and when each arrives. */
export function arrivalOf(
  { events }: Connection,
  index: number,
  { interval, stagger, disorder }: ArrivalSettings,
): readonly Timed<unknown>[] {
  let time = index * stagger - interval;
  let origin: { readonly recorded: number; readonly time: number } | undefined;
  const times = events.map(({ recordedAt }) => {
    if (recordedAt !== undefined) {
      origin ??= { recorded: recordedAt, time: time + interval };
      // A clock that was set back holds nothing up.
      time = Math.max(time, origin.time + recordedAt - origin.recorded);
    } else if (origin === undefined) {
      time += interval;
    }
    return Math.max(time, 0);
  });
  const values = events.map(({ value }) => value);
  return shuffle(values, disorder, index + 1).map((value, place) => ({ time: times[place] ?? 0, value }));
}

/** Moves values by some places; the same seed gives the same order. */
function shuffle<T>(values: readonly T[], places: number, seed: number): readonly T[] {
  if (places === 0) {
    return values;
  }
  const random = randomNumbers(seed);
  return values
    .map((value, place) => ({ value, place: place + random() * places }))
    .sort((some, other) => some.place - other.place)
    .map(({ value }) => value);
}

/** Numbers from 0 to 1, by a linear congruential generator. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
