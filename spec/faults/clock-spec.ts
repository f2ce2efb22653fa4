import { type OperatorFunction, pipe, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';

import {
  adaptivePace,
  type Commit,
  commitLines,
  fixedPace,
  paceLines,
  resequence,
  scanTranscript,
} from '../../src/index.js';
import { textOf } from '../support/arbitraries.js';
import { line, open, streamOf } from '../support/commits.js';
import { delta, end } from '../support/events.js';
import { forms } from '../support/forms.js';
import { show } from '../support/show.js';
import { FaultyScheduler } from './faultyScheduler.js';
import { outcome } from './pipelines.js';

const hour = 3_600_000;

/** An event of the source or of the clock. */
interface Step<T> {
  readonly at: number;
  readonly value?: T;
  /** The milliseconds by which the clock is ahead from now on. */
  readonly clockError?: number;
}

/** An emitted value, with the time that had really passed. */
interface Emitted<R> {
  readonly at: number;
  readonly value: R;
}

/** Runs an operator through the steps, and then for another ten minutes. */
function run<T, R>(
  connect: (scheduler: FaultyScheduler) => OperatorFunction<T, R>,
  steps: readonly Step<T>[],
): readonly Emitted<R>[] {
  const scheduler = new FaultyScheduler();
  const source = new Subject<T>();
  const emitted: Emitted<R>[] = [];
  source.pipe(connect(scheduler)).subscribe((value) => emitted.push({ at: scheduler.passed, value }));
  for (const { at, value, clockError } of [...steps].sort((a, b) => a.at - b.at)) {
    scheduler.advance(at - scheduler.passed);
    scheduler.clockError = clockError ?? scheduler.clockError;
    if (value !== undefined) {
      source.next(value);
    }
  }
  scheduler.advance(600_000);
  expect(scheduler.pending).toBe(0);
  source.complete();
  return emitted;
}

// At these times, nothing else happens in these specs.
const settings: readonly { readonly title: string; readonly clock: readonly Step<never>[] }[] = [
  { title: 'forward by an hour', clock: [{ at: 353, clockError: hour }] },
  { title: 'back by an hour', clock: [{ at: 353, clockError: -hour }] },
  {
    title: 'forward by an hour and back',
    clock: [
      { at: 353, clockError: hour },
      { at: 817, clockError: 0 },
    ],
  },
  {
    title: 'back by an hour and forward',
    clock: [
      { at: 353, clockError: -hour },
      { at: 817, clockError: 0 },
    ],
  },
];

const manySettings = {
  title: 'back and forward by an hour, repeatedly',
  clock: Array.from({ length: 300 }, (_, i) => ({
    at: 7 + 13 * i,
    clockError: [hour, -hour, 0][i % 3] ?? 0,
  })),
};

/** Values above 100 are a scope of their own, with the numbers value - 100. */
const numbers = [
  { at: 0, value: 0 },
  { at: 10, value: 2 },
  { at: 250, value: 102 },
  { at: 300, value: 4 },
  { at: 400, value: 101 },
  { at: 700, value: 6 },
  { at: 770, value: 104 },
];

const heldFor = (gapTimeout: number) => (scheduler: FaultyScheduler) =>
  resequence<number>({ seq: (value) => value % 100, scope: (value) => value > 100, gapTimeout, scheduler });

describe.each([...settings, manySettings])('a clock that is set $title', ({ clock }) => {
  describe.each(forms)('$form', ({ operator }) => {
    it('closes idle streams as with a correct clock, and no others', () => {
      const events = [
        { at: 0, value: delta('a', 'one') },
        { at: 100, value: delta('b', 'two') },
        { at: 600, value: delta('b', 'two') },
        { at: 900, value: delta('c', 'three') },
        { at: 1300, value: delta('b', 'two') },
        { at: 2200, value: delta('a', 'again') },
        { at: 2210, value: end('b') },
      ];
      const connect = (scheduler: FaultyScheduler) => operator({ idleTimeout: 1000, scheduler });
      const expected = run(connect, events);
      expect(expected.map(({ value }) => show(value))).toContain('close a idle 1');
      expect(run(connect, [...events, ...clock])).toStrictEqual(expected);
    });
  });

  it('resequence emits every value in order, and holds none longer than twice gapTimeout', () => {
    const emitted = run(heldFor(200), [...numbers, ...clock]);
    expect(emitted.map(({ value }) => value).sort((a, b) => a - b)).toStrictEqual([
      0, 2, 4, 6, 101, 102, 104,
    ]);
    expect(emitted.map(({ value }) => value).filter((value) => value < 100)).toStrictEqual([0, 2, 4, 6]);
    for (const { at, value } of numbers) {
      expect(emitted.find((each) => each.value === value)?.at).toBeLessThanOrEqual(at + 400);
    }
  });

  it.each([
    { title: 'fixedPace', policy: fixedPace(1) },
    { title: 'adaptivePace', policy: adaptivePace() },
  ])('paceLines emits every line in order, at most 100 ms late, with $title', ({ policy }) => {
    const lines = Array.from({ length: 30 }, (_, i) => ({
      at: 100 * Math.floor(i / 3),
      value: line(streamOf('a'), i, `line ${i}`),
    }));
    const connect = (scheduler: FaultyScheduler) => paceLines({ policy, scheduler });
    const expected = run(connect, lines);
    const actual = run(connect, [...lines, ...clock]);
    expect(actual.map(({ value }) => value)).toStrictEqual(expected.map(({ value }) => value));
    actual.forEach(({ at }, i) => expect(at).toBeLessThanOrEqual((expected[i]?.at ?? 0) + 100));
  });

  it('scanTranscript shows each line within the interval of every', () => {
    const every = 100;
    const a = streamOf('a');
    const commits = [
      { at: 0, value: open(a) as Commit },
      ...Array.from({ length: 40 }, (_, i) => ({ at: 20 + 30 * i, value: line(a, i, `${i}`) })),
    ];
    const emitted = run((scheduler) => scanTranscript({ every, scheduler }), [...commits, ...clock]);
    commits.forEach(({ at }, i) => {
      const next = emitted.find((each) => each.at >= at && (each.value[0]?.lines.length ?? 0) >= i);
      expect(next?.at).toBeLessThanOrEqual(at + every);
    });
    expect(emitted.at(-1)?.value[0]?.lines).toHaveLength(40);
  });
});

describe.each(settings)('a clock that is set $title, and then runs normally', ({ clock }) => {
  describe.each(forms)('$form', ({ operator }) => {
    it('emits all text with soft commits, and holds no tail longer than twice softCommit.after', () => {
      const after = 400;
      const texts = ['hello ', 'wide ', 'world '];
      const deltas = texts.flatMap((text, i) => [
        { at: 30 + 250 * i, value: delta(text, text) },
        { at: 1500 + 250 * i, value: delta(text, text) },
      ]);
      const steps = [...deltas, ...clock];
      const emitted = run((scheduler) => operator({ softCommit: { after }, scheduler }), steps);
      for (const text of texts) {
        const lines = emitted.filter(({ value }) => value.type === 'line' && value.stream.id === text);
        expect(textOf(lines.map(({ value }) => value))).toBe(text + text);
        const [first] = lines;
        const received = deltas.find(({ value }) => value.id === text);
        expect((first?.at ?? Infinity) - (received?.at ?? 0)).toBeLessThanOrEqual(2 * after);
      }
    });

    it('closes no idle stream early with soft commits, and each at most an eighth later for each change', () => {
      const idleTimeout = 2000;
      const events = [
        { at: 0, value: delta('quiet', '\n') },
        // Each line takes 10 ms, so that the clock is set while only the idle timer runs.
        ...Array.from({ length: 40 }, (_, i) => [
          { at: 20 + 100 * i, value: delta('busy', 'x') },
          { at: 30 + 100 * i, value: delta('busy', '\n') },
        ]).flat(),
      ];
      const connect = (scheduler: FaultyScheduler) =>
        operator({ idleTimeout, softCommit: { after: 30 }, scheduler });
      const closes = run(connect, [...events, ...clock]).filter(({ value }) => value.type === 'close');
      const [quiet, busy] = closes.map(({ at, value }) => ({ at, closed: show(value) }));
      expect(quiet?.closed).toBe('close quiet idle 1');
      expect(quiet?.at).toBeGreaterThanOrEqual(idleTimeout);
      expect(quiet?.at).toBeLessThanOrEqual(idleTimeout * (1.25 + clock.length / 8));
      expect(busy?.closed).toBe('close busy idle 40');
      expect(busy?.at).toBeGreaterThanOrEqual(3930 + idleTimeout);
    });
  });

  it('resequence holds values exactly as long as with a correct clock', () => {
    expect(run(heldFor(200), [...numbers, ...clock])).toStrictEqual(run(heldFor(200), numbers));
  });
});

describe('timers that fire an hour late, because the process was suspended', () => {
  /** Runs an operator, suspends the process after the first values, and continues with the others. */
  function sleepThrough<T, R>(
    connect: (scheduler: FaultyScheduler) => OperatorFunction<T, R>,
    before: readonly Step<T>[],
    after: readonly Step<T>[],
  ) {
    const scheduler = new FaultyScheduler();
    const source = new Subject<T>();
    const emitted: Emitted<R>[] = [];
    let resumedAt = 0;
    source
      .pipe(connect(scheduler))
      .subscribe((value) => emitted.push({ at: scheduler.passed - resumedAt, value }));
    const send = (steps: readonly Step<T>[]) => {
      for (const { at, value } of steps) {
        scheduler.advance(resumedAt + at - scheduler.passed);
        if (value !== undefined) {
          source.next(value);
        }
      }
    };
    send(before);
    resumedAt = scheduler.passed + hour;
    scheduler.sleep(hour);
    send(after);
    scheduler.advance(600_000);
    expect(scheduler.pending).toBe(0);
    return emitted;
  }

  describe.each(forms)('$form', ({ operator }) => {
    it('closes no stream whose events arrive after resuming, and the others on time from then on', () => {
      const emitted = sleepThrough(
        (scheduler) => operator({ idleTimeout: 1000, scheduler }),
        [
          { at: 0, value: delta('a', 'one') },
          { at: 400, value: delta('b', 'two') },
        ],
        [{ at: 1, value: delta('b', 'two') }],
      );
      const closes = emitted.filter(({ value }) => value.type === 'close');
      expect(closes.map(({ value }) => show(value))).toStrictEqual(['close a idle 1', 'close b idle 1']);
      expect(closes[0]?.at).toBeGreaterThanOrEqual(0);
      expect(closes[0]?.at).toBeLessThanOrEqual(1250);
      expect(closes[1]?.at).toBeGreaterThanOrEqual(1001);
      expect(closes[1]?.at).toBeLessThanOrEqual(1251);
    });

    it('commits a due tail as soon as it resumes', () => {
      const emitted = sleepThrough(
        (scheduler) => operator({ softCommit: { after: 400 }, scheduler }),
        [{ at: 0, value: delta('a', 'one two ') }],
        [],
      );
      expect(emitted.map(({ at, value }) => `${at} ${show(value)}`)[1]).toBe('0 line a 0 one two');
    });
  });

  it('resequence still waits for a late number, at most for gapTimeout', () => {
    const connect = (scheduler: FaultyScheduler) =>
      resequence<number>({ seq: (value) => value, gapTimeout: 200, scheduler });
    const emitted = sleepThrough(
      connect,
      [
        { at: 0, value: 0 },
        { at: 100, value: 2 },
        { at: 150, value: 4 },
      ],
      [{ at: 1, value: 3 }],
    );
    expect(emitted.map(({ value }) => value)).toStrictEqual([0, 2, 3, 4]);
    expect(emitted.at(-1)?.at).toBeLessThanOrEqual(201);
  });

  it('paceLines emits the next line at once, and loses none', () => {
    const lines: Step<Commit>[] = Array.from({ length: 20 }, (_, i) => ({
      at: i,
      value: line(streamOf('a'), i, ''),
    }));
    const emitted = sleepThrough((scheduler) => paceLines({ scheduler }), lines, [
      { at: 1, value: line(streamOf('a'), 20, '') },
    ]);
    expect(emitted.map(({ value }) => value.type === 'line' && value.index)).toStrictEqual(
      Array.from({ length: 21 }, (_, i) => i),
    );
    expect(emitted[1]?.at).toBe(0);
    expect(emitted.at(-1)?.at).toBeLessThanOrEqual(21 * 50);
  });

  it('scanTranscript shows all received lines as soon as it resumes', () => {
    const emitted = sleepThrough(
      (scheduler) => pipe(commitLines({ scheduler }), scanTranscript({ every: 100, scheduler })),
      [
        { at: 0, value: delta('a', 'one\n') },
        { at: 1, value: delta('a', 'two\n') },
      ],
      [],
    );
    expect(emitted[1]?.at).toBe(0);
    expect(outcome([emitted[1]?.value ?? []])).toStrictEqual(['a open: "one" "two"']);
  });
});
