import type { EndEvent, TextDeltaEvent } from '../src/events.js';

/** A text that many streams send at the same time, each the same number of deltas, one of each in turn. */
export interface Traffic {
  /** How many streams there are. */
  readonly streams: number;
  /** How many deltas there are in all. */
  readonly deltas: number;
  /** How many characters a line has, with its LF; with `Infinity` it never ends. */
  readonly lineLength?: number;
}

const DELTA_LENGTH = 5;
const WORDS = 'the quick brown fox jumps over the lazy dog and ';

/** Deltas of five characters. Each event and each text is an object of its own, as those from a network are. */
export function deltaEvents({ streams, deltas, lineLength = 60 }: Traffic): TextDeltaEvent[] {
  const ids = Array.from({ length: streams }, (_, number) => `msg_${number}`);
  const text = repeatingText(lineLength);
  return Array.from({ length: deltas }, (_, number) => {
    const start = (Math.floor(number / streams) * DELTA_LENGTH) % text.length;
    return {
      type: 'delta',
      kind: 'answer',
      id: ids[number % streams] ?? '',
      delta: text.slice(start, start + DELTA_LENGTH),
    };
  });
}

/** A text that is cut into deltas without a rest, so that it can be repeated. */
function repeatingText(lineLength: number): string {
  const line =
    lineLength === Infinity
      ? WORDS
      : `${WORDS.repeat(lineLength / WORDS.length + 1).slice(0, lineLength - 1)}\n`;
  return line.repeat(DELTA_LENGTH);
}

/** Many short lives. */
export interface Lives {
  readonly streams: number;
}

/** All streams open with a delta, then all end in the same order. */
export function livesOfStreams({ streams }: Lives): (TextDeltaEvent | EndEvent)[] {
  const deltas = deltaEvents({ streams, deltas: streams });
  return [...deltas, ...deltas.map(({ kind, id }) => ({ type: 'end', kind, id }) as const)];
}
