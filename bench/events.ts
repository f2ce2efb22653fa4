import type { EndEvent, TextDeltaEvent } from '../src/events.js';
import { pick, randomNumbers } from './randomNumbers.js';

/** Deltas of many streams at the same time. Each delta is of a stream picked at random. */
export interface Traffic {
  /** How many streams there are. */
  readonly streams: number;
  /** How many deltas there are in all. */
  readonly deltas: number;
  /** How many characters a line has at least; with `Infinity` it never ends. */
  readonly lineLength?: number;
}

const WORDS = [' the', ' quick', ' brown', ' fox', ' jumps', ' over', ' a', ' dog'] as const;
/** The shortest line of prose that an editor would wrap. */
const LINE_LENGTH = 60;

/**
 * Deltas of a word each, half of them answers and half reasoning. A line ends with the word that makes it long enough.
 * Each event and each text is an object of its own, as those from a network are.
 */
export function deltaEvents({ streams, deltas, lineLength = LINE_LENGTH }: Traffic): TextDeltaEvent[] {
  const random = randomNumbers();
  const columns = new Float64Array(streams);
  return Array.from({ length: deltas }, () => {
    const number = Math.floor(random() * streams);
    const word = pick(WORDS, random);
    const column = (columns[number] ?? 0) + word.length;
    const isLineEnd = column >= lineLength;
    columns[number] = isLineEnd ? 0 : column;
    return {
      type: 'delta',
      kind: number % 2 === 0 ? 'answer' : 'reasoning',
      id: `msg_${Math.floor(number / 2)}`,
      delta: isLineEnd ? `${word}\n` : word,
    };
  });
}

/** Many short lives. */
export interface Lives {
  readonly streams: number;
  /** Whether all streams open before the first one ends; otherwise each ends before the next one opens. */
  readonly atOnce: boolean;
}

/** Each stream has one line. */
export function livesOfStreams({ streams, atOnce }: Lives): (TextDeltaEvent | EndEvent)[] {
  const ids = Array.from({ length: streams }, (_, number) => `msg_${number}`);
  const deltaOf = (id: string) => ({ type: 'delta', kind: 'answer', id, delta: 'hello\n' }) as const;
  const endOf = (id: string) => ({ type: 'end', kind: 'answer', id }) as const;
  return atOnce ? [...ids.map(deltaOf), ...ids.map(endOf)] : ids.flatMap((id) => [deltaOf(id), endOf(id)]);
}
