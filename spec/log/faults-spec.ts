import fc from 'fast-check';
import { Observable, type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { Commit, StreamRef } from '../../src/index.js';
import {
  type Appended,
  appendCommits,
  closeAbandoned,
  type CommitLog,
  type LogEntry,
  memoryLog,
  readCommits,
} from '../../src/log/index.js';
import { VirtualClock } from '../model/virtualClock.js';
import { close, line, open, tail } from '../support/commits.js';
import { type Call, type Fate, laterLog } from '../support/laterLog.js';

/** The scheduler of a process that is suspended for a while: timers due meanwhile fire when it resumes. */
class PausedScheduler implements SchedulerLike {
  private readonly clock: VirtualClock;
  private readonly from: number;
  private readonly until: number;
  /** Timers due during the pause. They fire before all later timers. */
  private readonly overdue: (() => void)[] = [];

  constructor(clock: VirtualClock, start: number, length: number) {
    this.clock = clock;
    this.from = start;
    this.until = start + length;
  }

  now(): number {
    return this.clock.now;
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    const { clock } = this;
    const subscription = new Subscription();
    const fire = (run: () => void) => {
      this.fire(() => {
        if (!subscription.closed) {
          run();
        }
      });
    };
    subscription.add(
      clock.scheduler.schedule<T>(
        function (value) {
          fire(() => {
            work.call(this, value);
          });
        },
        delay,
        state,
      ),
    );
    return subscription;
  }

  private fire(run: () => void): void {
    const { clock, from: start, until } = this;
    if (clock.now >= start && clock.now < until) {
      this.overdue.push(run);
      clock.scheduler.schedule(() => {
        this.runOverdue();
      }, until - clock.now);
    } else {
      this.runOverdue();
      run();
    }
  }

  private runOverdue(): void {
    for (let run = this.overdue.shift(); run !== undefined; run = this.overdue.shift()) {
      run();
    }
  }
}

interface WriterPlan {
  readonly steps: readonly {
    readonly id: string;
    readonly action: 'line' | 'tail' | 'close';
    readonly wait: number;
  }[];
  readonly pause: { readonly start: number; readonly length: number };
  readonly fates: readonly Fate[];
}

const fate: fc.Arbitrary<Fate> = fc.record({
  before: fc.constantFrom(0, 1, 20, 300),
  after: fc.constantFrom(0, 0, 2, 50),
  fails: fc.constantFrom(undefined, undefined, undefined, 'before' as const, 'after' as const),
});

const writerPlan: fc.Arbitrary<WriterPlan> = fc.record({
  steps: fc.array(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      action: fc.constantFrom(
        'line' as const,
        'line' as const,
        'line' as const,
        'tail' as const,
        'close' as const,
      ),
      wait: fc.constantFrom(0, 0, 5, 100, 2000),
    }),
    { maxLength: 40 },
  ),
  pause: fc.record({ start: fc.nat({ max: 3000 }), length: fc.constantFrom(0, 500, 5000) }),
  fates: fc.array(fate, { minLength: 1, maxLength: 20 }),
});

const LEASE = 1500;

/** Each line names its writer and is unique. */
function commitsOf(
  name: string,
  { steps }: WriterPlan,
): readonly { readonly commit: Commit; readonly at: number }[] {
  const list: { commit: Commit; at: number }[] = [];
  const streams = new Map<string, { stream: StreamRef; lines: number }>();
  const generations = new Map<string, number>();
  let at = 0;
  steps.forEach(({ id, action, wait }, number) => {
    at += wait;
    let state = streams.get(id);
    if (state === undefined) {
      const generation = generations.get(id) ?? 0;
      generations.set(id, generation + 1);
      state = { stream: { kind: 'answer', id, generation }, lines: 0 };
      streams.set(id, state);
      list.push({ at, commit: open(state.stream) });
    }
    const { stream, lines } = state;
    if (action === 'line') {
      state.lines++;
      list.push({ at, commit: line(stream, lines, `${name} ${String(number)}`) });
    } else if (action === 'tail') {
      list.push({ at, commit: tail(stream, lines, `${name} ${String(number)}`) });
    } else {
      streams.delete(id);
      list.push({ at, commit: close(stream, lines) });
    }
  });
  return list;
}

/** Emits each commit at its time. */
function timed(sent: ReturnType<typeof commitsOf>, scheduler: SchedulerLike): Observable<Commit> {
  return new Observable((subscriber) => {
    for (const { commit, at } of sent) {
      subscriber.add(
        scheduler.schedule(() => {
          subscriber.next(commit);
        }, at),
      );
    }
    subscriber.add(
      scheduler.schedule(
        () => {
          subscriber.complete();
        },
        sent.at(-1)?.at ?? 0,
      ),
    );
  });
}

/** After 200 calls every call succeeds, so that each run ends. */
function fateAfterFate(fates: readonly Fate[]): (call: Call) => Fate {
  let calls = 0;
  return () => (calls < 200 ? (fates[calls++ % fates.length] ?? {}) : {});
}

const nameOf = ({ id, generation }: StreamRef) => `${id}/${String(generation)}`;

function storedOf(output: readonly Appended[]): readonly LogEntry[] {
  return output.flatMap((each) =>
    each.type === 'entry' && each.position !== undefined
      ? [{ position: each.position, commit: each.commit }]
      : [],
  );
}

function isOf(stream: StreamRef, commit: Commit): boolean {
  return commit.type !== 'drop' && nameOf(commit.stream) === nameOf(stream);
}

/** A commit without its generation, which the log numbers itself. */
function withoutGeneration(commit: Commit): unknown {
  return commit.type === 'drop' ? commit : { ...commit, stream: { ...commit.stream, generation: 0 } };
}

function entriesOf(log: CommitLog): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  readCommits(log, { live: false }).subscribe((entry) => entries.push(entry));
  return entries;
}

describe('a log behind an unreliable connection', { timeout: 60_000 }, () => {
  it('has the commits of its writers, up to where each was fenced, and none twice', () => {
    fc.assert(
      fc.property(fc.array(writerPlan, { minLength: 2, maxLength: 2 }), (plans) => {
        const clock = new VirtualClock();
        const log = memoryLog({ scheduler: clock.scheduler });
        const read: LogEntry[] = [];
        const errors: unknown[] = [];
        let completed = 0;
        const error = (value: unknown) => void errors.push(value);
        readCommits(laterLog(log, clock.scheduler, fateAfterFate(plans[0]?.fates ?? [])), {
          scheduler: clock.scheduler,
          retryFor: Infinity,
        }).subscribe({ next: (entry) => read.push(entry), error });
        const cleaner = closeAbandoned(log, { every: 700, scheduler: clock.scheduler }).subscribe({ error });
        const writers = plans.map((plan, index) => {
          const scheduler = new PausedScheduler(clock, plan.pause.start, plan.pause.length);
          const sent = commitsOf(`w${String(index)}`, plan);
          const output: Appended[] = [];
          const connection = laterLog(log, clock.scheduler, fateAfterFate(plan.fates), scheduler);
          timed(sent, scheduler)
            .pipe(appendCommits(connection, { lease: LEASE, retryFor: Infinity, scheduler }))
            .subscribe({ next: (appended) => output.push(appended), error, complete: () => completed++ });
          return { sent: sent.map(({ commit }) => commit), output };
        });
        clock.pass(500_000);
        cleaner.unsubscribe();

        expect(errors).toStrictEqual([]);
        expect(completed).toBe(writers.length);
        const entries = entriesOf(log);
        expect(read.filter(({ position }) => position !== undefined)).toStrictEqual(entries);
        const generations = new Set<string>();
        for (const { sent, output } of writers) {
          const stored = storedOf(output);
          const opens = stored.filter(({ commit }) => commit.type === 'open');
          const sentOpens = sent.filter((commit) => commit.type === 'open');
          expect(opens).toHaveLength(sentOpens.length);
          sentOpens.forEach(({ stream }, index) => {
            const opened = opens[index]?.commit;
            if (opened?.type !== 'open') {
              throw new Error('no open');
            }
            expect(generations).not.toContain(nameOf(opened.stream));
            generations.add(nameOf(opened.stream));
            const isFenced = output.some(
              (each) => each.type === 'fenced' && nameOf(each.stream) === nameOf(opened.stream),
            );
            const own = stored.filter(({ commit }) => isOf(opened.stream, commit));
            const inLog = entries.filter(({ commit }) => isOf(opened.stream, commit));
            const whole = sent.filter((commit) => isOf(stream, commit) && commit.type !== 'tail');
            const last = inLog.at(-1)?.commit;
            const isClosedByLog =
              last?.type === 'close' && (last.reason === 'superseded' || last.reason === 'idle');
            const byWriter = isClosedByLog ? inLog.slice(0, -1) : inLog;
            // All output is in the log. An answer to a fenced writer may have repeated what it had stored before.
            expect(byWriter.slice(0, own.length)).toStrictEqual(own);
            expect(byWriter.map(({ commit }) => withoutGeneration(commit))).toStrictEqual(
              whole.slice(0, byWriter.length).map(withoutGeneration),
            );
            if (isFenced) {
              expect(isClosedByLog).toBe(true);
            } else {
              expect(own).toHaveLength(whole.length);
            }
            if (isClosedByLog) {
              expect(last.lines).toBe(byWriter.length - 1);
            }
          });
        }
        expect(entries.filter(({ commit }) => commit.type === 'open')).toHaveLength(generations.size);
        checkTails(read);
      }),
      { numRuns: 150 },
    );
  });

  it('is continued by a source that replays, whenever the previous writer died', () => {
    fc.assert(
      fc.property(writerPlan, fc.nat({ max: 8000 }), ({ steps, fates }, death) => {
        const clock = new VirtualClock();
        const { scheduler } = clock;
        const log = memoryLog({ scheduler });
        const ofOne = steps.map((step) => ({
          ...step,
          id: 'a',
          action: step.action === 'close' ? 'line' : step.action,
        }));
        const sent = commitsOf('w', { steps: ofOne, fates, pause: { start: 0, length: 0 } });
        const write = () => {
          const output: Appended[] = [];
          const connection = laterLog(log, scheduler, fateAfterFate(fates));
          const subscription = timed(sent, scheduler)
            .pipe(appendCommits(connection, { existing: 'continue', retryFor: Infinity, scheduler }))
            .subscribe((appended) => output.push(appended));
          return { output, subscription };
        };
        const first = write();
        clock.pass(death);
        first.subscription.unsubscribe();
        const second = write();
        clock.pass(500_000);
        const entries = entriesOf(log);
        expect(entries.map(({ commit }) => commit)).toStrictEqual(
          sent.map(({ commit }) => commit).filter(({ type }) => type !== 'tail'),
        );
        expect(storedOf(second.output)).toStrictEqual(entries);
        expect(entries.slice(0, storedOf(first.output).length)).toStrictEqual(storedOf(first.output));
      }),
      { numRuns: 150 },
    );
  });
});

/** Each tail belongs to the line after the last one read. */
function checkTails(read: readonly LogEntry[]): void {
  const lines = new Map<string, number>();
  for (const { commit } of read) {
    if (commit.type === 'drop') {
      throw new Error('a drop is not in a log');
    }
    const name = nameOf(commit.stream);
    if (commit.type === 'tail') {
      expect([name, lines.get(name)]).toStrictEqual([name, commit.index]);
    } else if (commit.type === 'close') {
      lines.delete(name);
    } else {
      lines.set(name, commit.type === 'open' ? 0 : commit.index + 1);
    }
  }
}
