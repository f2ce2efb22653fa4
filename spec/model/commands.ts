import fc from 'fast-check';

import type { CommitLinesOptions, DeltaEvent } from '../../src/index.js';

/** An external action on an operator. */
export type Command =
  | { readonly do: 'push'; readonly event: unknown }
  /** An `end` with a full text that is derived from the text received so far. */
  | { readonly do: 'reconcile'; readonly kind: string; readonly id: string; readonly change: Change }
  /** A number of eighths of the idle timeout pass. */
  | { readonly do: 'wait'; readonly eighths: number }
  | { readonly do: 'complete' }
  | { readonly do: 'fail' }
  | { readonly do: 'unsubscribe' };

/** The full text is the received text without its last `cut` code units, followed by `added`. */
export interface Change {
  readonly cut: number;
  readonly added: string;
}

/** What a subscriber does inside a commit; commits other than drops are numbered from 0. */
export interface Reaction {
  readonly inCommit: number;
  readonly command: Exclude<Command, { do: 'wait' | 'reconcile' }>;
}

/** The random input of one run. */
export interface Scenario {
  readonly options: CommitLinesOptions;
  readonly commands: readonly Command[];
  readonly reactions: readonly Reaction[];
}

/** The error of the source. */
export const failure = new Error('the source failed');

/** Text rich in special cases: line ends and halves of them, surrogate pairs and halves, graphemes, spaces. */
const shortText = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('a', 'b', ' ') },
      { weight: 4, arbitrary: fc.constantFrom('\n', '\r', '\r\n') },
      { weight: 3, arbitrary: fc.constantFrom('\u{1F600}', '\ud83d', '\ude00') },
      { weight: 1, arbitrary: fc.constantFrom('e\u0301', '\u200d', '\u2028', '\u0085', '\0') },
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));

/** Some code runs only for long text. */
const longText = fc.constant(`${'a long line '.repeat(100)}\nand a tail`);

/** A CR LF that is cut in two. */
const half = fc.constantFrom('a\r', '\r', '\n', '\nb');

const text = fc.oneof(
  { weight: 45, arbitrary: shortText },
  { weight: 15, arbitrary: half },
  { weight: 1, arbitrary: longText },
);

/** Few values, so that they collide, and one that is special in JavaScript. */
const kind = fc.constantFrom('answer', 'answer', '__proto__');
const id = fc.constantFrom('1', '1', '2', '3');
const order = fc.constantFrom([], [0], [1, 0], [-1.5]);

const event: fc.Arbitrary<DeltaEvent> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record(
      { type: fc.constant('start' as const), kind, id, order },
      { requiredKeys: ['type', 'kind', 'id'] },
    ),
  },
  {
    weight: 8,
    arbitrary: fc.record(
      { type: fc.constant('delta' as const), kind, id, delta: text, order },
      { requiredKeys: ['type', 'kind', 'id', 'delta'] },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record(
      // Only the streams of `groupStreams` have a reason; a `reason` of a producer is ignored.
      { type: fc.constant('end' as const), kind, id, text, reason: fc.constant('idle') },
      { requiredKeys: ['type', 'kind', 'id'] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('error' as const), kind, id, error: fc.constant('boom') }),
  },
);

const throwing = {
  get type(): string {
    throw new Error('boom');
  },
  [fc.toStringMethod]: () => '{ get type() { throw … } }',
};

const malformed = fc.constantFrom<unknown>(
  undefined,
  null,
  7,
  'delta',
  [],
  {},
  throwing,
  { type: 'close', kind: 'answer', id: '1' },
  { type: 'start', kind: 'answer' },
  { type: 'start', id: '1' },
  { type: 'delta', kind: 'answer', id: '1' },
  { type: 'delta', kind: 'answer', id: '1', delta: 'x', order: 1 },
  { type: 'delta', kind: 'answer', id: '1', delta: 'x', order: [1, NaN] },
  { type: 'delta', kind: 'answer', id: '1', delta: 'x', order: Array(1) },
  { type: 'end', kind: 'answer', id: '1', text: null },
);

const push = fc
  .oneof({ weight: 14, arbitrary: event }, { weight: 1, arbitrary: malformed })
  .map((pushed): Command & { do: 'push' } => ({
    do: 'push',
    event: pushed,
  }));

const end = fc.constantFrom('complete', 'fail', 'unsubscribe').map((how) => ({ do: how }) as const);

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 24, arbitrary: push },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('reconcile' as const),
      kind,
      id,
      change: fc.record({
        cut: fc.oneof(fc.constant(0), fc.nat({ max: 3 })),
        added: fc.oneof(fc.constantFrom('', ' ', '\n', '\r\n '), text),
      }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), eighths: fc.nat({ max: 12 }) }) },
  { weight: 1, arbitrary: end },
);

const reaction = fc.record({
  inCommit: fc.nat({ max: 30 }),
  command: fc.oneof({ weight: 9, arbitrary: push }, { weight: 1, arbitrary: end }),
});

/** Small bounds, so that they are reached; a missing option has its default. */
const options = fc.record(
  {
    maxStreams: fc.integer({ min: 1, max: 4 }),
    maxRemembered: fc.nat({ max: 3 }),
    maxLineLength: fc.integer({ min: 2, max: 12 }),
    reconcile: fc.constantFrom('revise', 'keep', 'off'),
    maxRetained: fc.oneof(
      { weight: 4, arbitrary: fc.nat({ max: 10 }) },
      { weight: 1, arbitrary: fc.nat({ max: 4_000 }) },
    ),
    tail: fc.boolean(),
    idleTimeout: fc.constantFrom(8_000, 1, 7, 1_001, Infinity),
    softCommit: fc.record({ chars: fc.integer({ min: 1, max: 8 }) }),
  },
  { requiredKeys: [] },
);

/**
 * With soft commits after a time, time passes by whole seconds and the other times are chosen so that no soft commit
 * comes at the same moment as an event or a tick of the idle timer, because their order is not specified.
 */
const optionsWithTime = fc
  .tuple(options, fc.constantFrom(701, 1_501, 2_503), fc.constantFrom(8_000, Infinity))
  .map(([some, after, idleTimeout]) => ({ ...some, idleTimeout, softCommit: { ...some.softCommit, after } }));

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  options: fc.oneof({ weight: 2, arbitrary: options }, { weight: 1, arbitrary: optionsWithTime }),
  commands: fc.array(command, { maxLength: 40, size: 'max' }),
  reactions: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(reaction, { maxLength: 4, size: 'max' }) },
  ),
});

/** An eighth of the idle timeout in milliseconds; a second if there is no timeout. */
export function eighthOf({ idleTimeout = 300_000 }: CommitLinesOptions): number {
  return idleTimeout === Infinity ? 1_000 : Math.ceil(idleTimeout / 8);
}

/** Formats a command, for example `delta answer 1 "x\n"`. */
export function showCommand(shown: Command): string {
  switch (shown.do) {
    case 'push':
      return `push ${fc.stringify(shown.event)}`;
    case 'reconcile': {
      const { kind: ofKind, id: ofId, change } = shown;
      const cut = change.cut === 0 ? '' : ` without its last ${change.cut}`;
      return `end ${ofKind} ${ofId}, its text${cut} and ${JSON.stringify(change.added)}`;
    }
    case 'wait':
      return `wait ${shown.eighths} eighths of the idle time-out`;
    default:
      return shown.do;
  }
}
