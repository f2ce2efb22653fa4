import type { DeltaEvent } from '../events.js';
import { formatValue } from '../rx/options.js';
import { checkList } from './parameters.js';

/** A stream whose marbles are a lower-case letter, with more than its texts. */
export interface MarbleStream<K extends string = string> {
  /** @default 'answer' */
  readonly kind?: K | undefined;
  /** @default the letter */
  readonly id?: string | undefined;
  /** The position of the stream. Set on its first delta. */
  readonly order?: readonly number[] | undefined;
  /** The texts of its deltas, one per marble. */
  readonly deltas?: readonly string[] | undefined;
  /** The producer's own full text. Set on the `end` of the stream. */
  readonly text?: string | undefined;
  /** The error of the stream. With it, the upper-case letter is an `error` instead of an `end`. */
  readonly error?: unknown;
}

/**
 * The streams and events of the marbles of a diagram.
 *
 * - A lower-case letter from a to z is a stream. Its marbles are the deltas of the stream, with these texts.
 * - Any other marble is this event.
 */
export type MarbleTable<K extends string = string> = Readonly<
  Record<string, readonly string[] | MarbleStream<K> | DeltaEvent<K>>
>;

/**
 * Creates delta events from a marble diagram: each letter is a stream, and each of its marbles is its next delta.
 *
 * ```text
 * diagram    -b--a--a--A--b--B-|        { a: ['hel', 'lo\n'], b: ['wor', 'ld'] }
 *             |  |  |  |  |  end of b
 *             |  |  |  |  b:"ld"
 *             |  |  |  end of a
 *             |  |  a:"lo\n"
 *             |  a:"hel"
 *             b:"wor"
 * ```
 *
 * The same letter in upper case is the `end` of the stream, or its `error` if the table has one. The rest of the
 * syntax is that of RxJS: `-`, `|`, `#`, `^`, `(` and `)`, spaces, and times such as `10ms`. By default, the kind of
 * a stream is `answer` and its id is the letter. To set others, use an object instead of the texts. Any other marble
 * is the event in the table.
 *
 * It returns the two parameters of `cold` and `hot`, both of `TestScheduler` and of `rxjs-marbles`. The returned
 * marbles have other characters of the same width, because one letter represents several events. The values are in
 * the order of the diagram, so that `Object.values` returns the events without their times.
 *
 * @example
 *
 * ```ts
 * import { commitLines } from 'deltalines';
 * import { deltaMarbles } from 'deltalines/testing';
 * import { TestScheduler } from 'rxjs/testing';
 *
 * const scheduler = new TestScheduler(() => undefined);
 * scheduler.run(({ cold }) => {
 *   cold(...deltaMarbles('-b-a-a-A-b-B-|', { a: ['hel', 'lo\n'], b: ['wor', 'ld'] }))
 *     .pipe(commitLines())
 *     .subscribe((commit) => {
 *       if (commit.type === 'line') console.log(scheduler.now(), commit.stream.id, commit.text);
 *     });
 * });
 *
 * // Logs:
 * // 5 a hello
 * // 11 b world
 * ```
 *
 * @param diagram The marbles. In a literal, TypeScript reports marbles that are not in the table.
 * @param table The texts of each stream, by its letter; see {@link MarbleTable}.
 * @returns The marbles and their values, for `hot(...deltaMarbles(…))`.
 * @throws `TypeError` if a parameter is wrong; `RangeError` if a marble is not in the table, or a stream has more or
 *   fewer marbles than texts.
 * @see {@link interleave} for random orders.
 */
export function deltaMarbles<D extends string, const T extends MarbleTable>(
  diagram: KnownDiagram<D, T>,
  table: T,
): [marbles: string, values: Record<string, DeltaEvent<KindOf<T>>>];
export function deltaMarbles(diagram: unknown, table: unknown): [string, Record<string, DeltaEvent>] {
  if (typeof diagram !== 'string') {
    throw new TypeError(`The diagram is ${formatValue(diagram)}, but must be a string`);
  }
  const events = new MarbleEvents(table);
  const values: Record<string, DeltaEvent> = {};
  let count = 0;
  const marbles = diagram.replaceAll(TIME_OR_MARBLE, (found) => {
    if (found.endsWith(' ')) {
      return found;
    }
    const character = String.fromCharCode(FIRST_CHARACTER + count++);
    values[character] = events.next(found);
    return character;
  });
  if (count > CHARACTERS) {
    throw new RangeError(
      `The diagram has ${String(count)} marbles, but may have at most ${String(CHARACTERS)}`,
    );
  }
  events.checkCounts();
  return [marbles, values];
}

/** A time as RxJS parses it, between spaces or at the beginning; or a marble. */
const TIME_OR_MARBLE = /(?<=^| )\d+(?:\.\d+)?(?:ms|s|m) |[^ \-|#^!()]/gu;

/** The private use area of Unicode, so that no marble of the table conflicts. */
const FIRST_CHARACTER = 0xe000;
const CHARACTERS = 0xf8ff - FIRST_CHARACTER + 1;

/** Creates the events of the marbles, one after another. */
class MarbleEvents {
  readonly #events = new Map<string, DeltaEvent>();
  readonly #streams = new Map<string, LetterStream>();

  constructor(table: unknown) {
    if (typeof table !== 'object' || table === null) {
      throw new TypeError(`The table is ${formatValue(table)}, but must be an object`);
    }
    for (const [marble, entry] of Object.entries(table) as [string, unknown][]) {
      if (isEvent(entry)) {
        this.#events.set(marble, entry);
      } else {
        this.#streams.set(marble, new LetterStream(marble, entry));
      }
    }
  }

  next(marble: string): DeltaEvent {
    const event =
      this.#events.get(marble) ??
      this.#streams.get(marble)?.nextDelta() ??
      (/^[A-Z]$/.test(marble) ? this.#streams.get(marble.toLowerCase())?.close() : undefined);
    if (event === undefined) {
      throw new RangeError(`The marble ${JSON.stringify(marble)} is not in the table`);
    }
    return event;
  }

  checkCounts(): void {
    this.#streams.forEach((stream) => {
      stream.checkCount();
    });
  }
}

/** A stream of the diagram. */
class LetterStream {
  readonly #letter: string;
  readonly #stream: MarbleStream;
  readonly #texts: readonly unknown[];
  #count = 0;

  constructor(letter: string, entry: unknown) {
    if (typeof entry !== 'object' || entry === null) {
      throw new TypeError(
        `The entry ${letter} of the table is ${formatValue(entry)}, but must be a list of texts, a stream or an event`,
      );
    }
    if (!/^[a-z]$/.test(letter)) {
      throw new RangeError(
        `The stream ${JSON.stringify(letter)} of the table must be a lower-case letter from a to z`,
      );
    }
    this.#letter = letter;
    this.#stream = Array.isArray(entry) ? { deltas: entry } : entry;
    const { deltas = [] } = this.#stream;
    checkList(`The list of deltas of the stream ${letter}`, deltas);
    this.#texts = deltas;
    if ('error' in this.#stream && this.#stream.text !== undefined) {
      throw new TypeError(
        `The stream ${letter} of the table has a text and an error, but may have only one of them`,
      );
    }
  }

  nextDelta(): DeltaEvent {
    const index = this.#count++;
    const { order } = this.#stream;
    const delta = index < this.#texts.length ? this.#texts[index] : '';
    if (typeof delta !== 'string') {
      throw new TypeError(
        `The text ${String(index)} of the stream ${this.#letter} is ${formatValue(delta)}, but must be a string`,
      );
    }
    const event = { type: 'delta', ...this.#names(), delta } as const;
    return index === 0 && order !== undefined ? { ...event, order } : event;
  }

  close(): DeltaEvent {
    const { text } = this.#stream;
    if ('error' in this.#stream) {
      return { type: 'error', ...this.#names(), error: this.#stream.error };
    }
    return text === undefined ? { type: 'end', ...this.#names() } : { type: 'end', ...this.#names(), text };
  }

  checkCount(): void {
    if (this.#count !== this.#texts.length) {
      throw new RangeError(
        `The stream ${this.#letter} has ${String(this.#count)} marbles, but ${String(this.#texts.length)} texts`,
      );
    }
  }

  #names() {
    const { kind = 'answer', id = this.#letter } = this.#stream;
    return { kind, id };
  }
}

function isEvent(entry: unknown): entry is DeltaEvent {
  return typeof entry === 'object' && entry !== null && 'type' in entry;
}

/** The kinds of the streams and events of a table. */
type KindOf<T> = EntryKind<T[keyof T]>;
type EntryKind<E> = E extends readonly unknown[]
  ? 'answer'
  : E extends { readonly kind?: infer K }
    ? unknown extends K
      ? 'answer'
      : Extract<K, string> | (undefined extends K ? 'answer' : never)
    : never;

/** The diagram itself if all its marbles are in the table, and a message otherwise. */
type KnownDiagram<D extends string, T> = [Exclude<MarblesOf<D>, EntryMarbles<T>>] extends [never]
  ? D
  : `The marble ${Exclude<MarblesOf<D>, EntryMarbles<T>>} is not in the table`;
type EntryMarbles<T> = {
  [M in keyof T & (string | number)]: T[M] extends { readonly type: unknown }
    ? `${M}`
    : `${M}` | Uppercase<`${M}`>;
}[keyof T & (string | number)];

/** The marbles of a literal diagram. */
type MarblesOf<D extends string, Found extends string = never> = D extends `${infer Word} ${infer Rest}`
  ? MarblesOf<Rest, Word extends `${number}${'ms' | 's' | 'm'}` ? Found : Found | CharactersOf<Word>>
  : Found | CharactersOf<D>;
type CharactersOf<
  W extends string,
  Found extends string = never,
> = W extends `${infer Character}${infer Rest}`
  ? CharactersOf<Rest, Character extends '-' | '|' | '#' | '^' | '!' | '(' | ')' ? Found : Found | Character>
  : Found;
