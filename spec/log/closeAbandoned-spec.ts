import { concat, map, NEVER, of, take } from 'rxjs';
import { describe, expect, it } from 'vitest';

import {
  appendCommits,
  closeAbandoned,
  type CloseAbandonedOptions,
  type CommitLog,
  memoryLog,
  readCommits,
} from '../../src/log/index.js';
import { VirtualClock } from '../model/virtualClock.js';
import { collect } from '../support/collect.js';
import { line, open, streamOf } from '../support/commits.js';
import { laterLog, lost } from '../support/laterLog.js';
import { marbles } from '../support/marbles.js';
import { show } from '../support/show.js';

const a = streamOf('a');

/** A writer that dies at once. */
function abandon(log: CommitLog, id: string, lease: number): void {
  const stream = streamOf(id);
  concat(of(open(stream), line(stream, 0, 'x')), NEVER)
    .pipe(appendCommits(log, { lease }))
    .subscribe()
    .unsubscribe();
}

describe('closeAbandoned', () => {
  it(
    'asks the log at once and then at each interval',
    marbles((m) => {
      const log = memoryLog();
      abandon(log, 'a', 5);
      abandon(log, 'b', 14);
      abandon(log, 'c', 15);
      const output = closeAbandoned(log, { every: 10 }).pipe(map(({ id }) => id));
      m.expect(output, '^ 40ms !').toBeObservable('10ms a 9ms (bc)');
    }),
  );

  it(
    'emits streams that were abandoned before the subscription',
    marbles((m) => {
      const log = memoryLog();
      abandon(log, 'a', 5);
      const output = closeAbandoned(log).pipe(map(({ id }) => id));
      m.expect(output, '-----^ 20s !').toBeObservable('-----a');
    }),
  );

  it('closes streams as idle', async () => {
    const clock = new VirtualClock();
    const log = memoryLog({ scheduler: clock.scheduler });
    abandon(log, 'a', 5);
    clock.pass(5);
    expect(await collect(closeAbandoned(log).pipe(take(1)))).toStrictEqual([a]);
    const entries = await collect(readCommits(log, { live: false }));
    expect(entries.map(({ commit }) => show(commit))).toStrictEqual([
      'open a',
      'line a 0 x$',
      'close a idle 1',
    ]);
  });

  it('emits each stream to exactly one of several subscribers', () => {
    const clock = new VirtualClock();
    const { scheduler } = clock;
    const log = memoryLog({ scheduler });
    const emitted: string[] = [];
    for (const every of [3, 4, 5]) {
      closeAbandoned(
        laterLog(log, scheduler, () => ({ before: 1, after: 2 })),
        { every, scheduler },
      ).subscribe(({ id }) => emitted.push(id));
    }
    for (let index = 0; index < 50; index++) {
      abandon(log, String(index), index + 1);
    }
    clock.pass(200);
    expect(emitted.map(Number).sort((one, other) => one - other)).toStrictEqual(
      Array.from({ length: 50 }, (_, index) => index),
    );
  });

  it(
    'asks again when the log fails, and fails after retryFor',
    marbles((m) => {
      const log = memoryLog();
      abandon(log, 'a', 1);
      let calls = 0;
      const later = laterLog(log, m.scheduler, () =>
        calls++ < 2 || m.scheduler.now() > 1000 ? { fails: 'before' } : {},
      );
      const output = closeAbandoned(later, { every: 900, retryFor: 500 }).pipe(map(({ id }) => id));
      m.expect(output).toBeObservable('150ms a 1399ms #', undefined, lost);
    }),
  );

  it('leaves no timer, and accepts a promise of a log', async () => {
    const clock = new VirtualClock();
    const log = memoryLog();
    const subscription = closeAbandoned(log, { scheduler: clock.scheduler }).subscribe();
    expect(clock.timers).toBe(1);
    subscription.unsubscribe();
    expect(clock.timers).toBe(0);
    abandon(log, 'a', 1);
    const [stream] = await collect(closeAbandoned(Promise.resolve(log), { every: 1 }).pipe(take(1)));
    expect(stream).toStrictEqual(a);
  });

  it.each<{ options: unknown; error: Error }>([
    { options: null, error: new TypeError('The options are null, but must be an object') },
    {
      options: { every: Infinity },
      error: new RangeError(
        'The option every is Infinity, but must be milliseconds, more than 0 and at most 2147483647',
      ),
    },
    {
      options: { retryFor: 0 },
      error: new RangeError(
        'The option retryFor is 0, but must be milliseconds, more than 0 and at most 2147483647, or Infinity',
      ),
    },
  ])('refuses the options $options', ({ options, error }) => {
    expect(() => closeAbandoned(memoryLog(), options as CloseAbandonedOptions)).toThrow(error);
  });
});
