import {
  EMPTY,
  finalize,
  from,
  map,
  mergeMap,
  NEVER,
  Observable,
  type Observer,
  of,
  Subject,
  take,
  throwError,
} from 'rxjs';
import { describe, expect, it, vi } from 'vitest';

import { type Handler, createOperator } from '../../src/rx/createOperator.js';
import { marbles } from '../support/marbles.js';

/** Passes on all notifications, with each value mapped by `change`. */
function passing<T, R>(change: (value: T) => R, dispose?: () => void) {
  return createOperator<T, R>((destination) => {
    const handler: Handler<T> = {
      next: (value) => destination.next(change(value)),
      error: (error) => destination.error(error),
      complete: () => destination.complete(),
      ...(dispose === undefined ? {} : { dispose }),
    };
    return handler;
  });
}

const identity = passing((value: string) => value);

/** Pushes 1, 2, 3 … until the subscriber unsubscribes. */
function endless(produced: number[]): Observable<number> {
  return new Observable((subscriber) => {
    for (let value = 1; !subscriber.closed && value <= 1000; value++) {
      produced.push(value);
      subscriber.next(value);
    }
  });
}

describe('createOperator', () => {
  // prettier-ignore
  it.each([
    { title: 'values and completion',  source: 'a-b-|', subscribed: '^---!', expected: 'a-b-|' },
    { title: 'an empty source',        source: '|',     subscribed: '(^!)',  expected: '|' },
    { title: 'a source without end',   source: '-',     subscribed: '^',     expected: '-' },
    { title: 'an error',               source: 'a-#',   subscribed: '^-!',   expected: 'a-#' },
  ])('passes on $title', ({ source, subscribed, expected }) => {
    marbles((m) => {
      const source$ = m.cold(source);
      m.expect(source$.pipe(identity)).toBeObservable(expected);
      m.expect(source$).toHaveSubscriptions(subscribed);
    })();
  });

  it(
    'unsubscribes from the source with its subscriber',
    marbles((m) => {
      const source = m.hot<string>('  -a-b-c-');
      const unsubscribe = '   ----!  ';
      const subscribed = '    ^---!  ';
      const expected = '      -a-b---';
      m.expect(source.pipe(identity), unsubscribe).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'does not break the chain of unsubscription',
    marbles((m) => {
      const source = m.hot<string>('  -a-b-c-');
      const unsubscribe = '   ----!  ';
      const subscribed = '    ^---!  ';
      const expected = '      -a-b---';
      const sandwich = source.pipe(
        mergeMap((value) => of(value)),
        identity,
        mergeMap((value) => of(value)),
      );
      m.expect(sandwich, unsubscribe).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it('stops a synchronous source, even through other operators', () => {
    const produced: number[] = [];
    const values: number[] = [];
    endless(produced)
      .pipe(
        map((value) => value),
        passing((value) => value),
        passing((value) => value),
        take(3),
      )
      .subscribe((value) => values.push(value));
    expect(values).toStrictEqual([1, 2, 3]);
    expect(produced).toStrictEqual([1, 2, 3]);
  });

  it('emits the error that a handler throws, and stops the source', () => {
    const produced: number[] = [];
    const error = vi.fn();
    const failing = passing((value: number) => {
      if (value === 2) {
        throw new Error('two');
      }
      return value;
    });
    endless(produced).pipe(failing).subscribe({ error });
    expect(error.mock.calls).toStrictEqual([[new Error('two')]]);
    expect(produced).toStrictEqual([1, 2]);
  });

  it('emits the error that a handler throws on completion', () => {
    const error = vi.fn();
    const failing = createOperator<never, never>((destination) => ({
      next: () => undefined,
      error: (reason) => destination.error(reason),
      complete: () => {
        throw new Error('at the end');
      },
    }));
    EMPTY.pipe(failing).subscribe({ error });
    expect(error.mock.calls).toStrictEqual([[new Error('at the end')]]);
  });

  it('emits the error that a handler throws while it handles an error', () => {
    const error = vi.fn();
    const failing = createOperator<never, never>(() => ({
      next: () => undefined,
      error: () => {
        throw new Error('again');
      },
      complete: () => undefined,
    }));
    throwError(() => new Error('first'))
      .pipe(failing)
      .subscribe({ error });
    expect(error.mock.calls).toStrictEqual([[new Error('again')]]);
  });

  it('queues re-entrant values', () => {
    const source = new Subject<string>();
    const double = createOperator<string, string>((destination) => ({
      next: (value) => {
        destination.next(`${value}1`);
        destination.next(`${value}2`);
      },
      error: (error) => destination.error(error),
      complete: () => destination.complete(),
    }));
    const seen: string[] = [];
    source.pipe(double).subscribe((value) => {
      seen.push(value);
      if (value === 'a1') {
        source.next('b');
        source.next('c');
      }
      if (value === 'b2') {
        source.next('d');
      }
    });
    source.next('a');
    expect(seen).toStrictEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'd1', 'd2']);
  });

  it.each(['complete', 'error'] as const)('queues a re-entrant %s', (ending) => {
    const source = new Subject<string>();
    const seen: string[] = [];
    source.pipe(identity).subscribe({
      next: (value) => {
        seen.push(value);
        if (value === 'a') {
          source.next('b');
          source[ending](new Error('over'));
          source.next('never');
          seen.push('returned');
        }
      },
      error: () => seen.push('error'),
      complete: () => seen.push('complete'),
    });
    source.next('a');
    expect(seen).toStrictEqual(['a', 'returned', 'b', ending]);
    expect(source.observed).toBe(false);
  });

  it('clears the queue on unsubscription', () => {
    const source = new Subject<string>();
    const seen: string[] = [];
    const subscription = source.pipe(identity).subscribe((value) => {
      seen.push(value);
      source.next('b');
      subscription.unsubscribe();
    });
    source.next('a');
    expect(seen).toStrictEqual(['a']);
  });

  it('runs no queued task after unsubscription', () => {
    const source = new Subject<string>();
    const ran: string[] = [];
    const queueing = createOperator<string, string>((destination, enqueue) => ({
      next: (value) => {
        for (const task of ['1', '2']) {
          enqueue(() => {
            ran.push(task);
            destination.next(`${value}${task}`);
          });
        }
      },
      error: (error) => destination.error(error),
      complete: () => destination.complete(),
    }));
    source.pipe(queueing, take(1)).subscribe();
    source.next('a');
    expect(ran).toStrictEqual(['1']);
  });

  it('queues a value that a subscriber pushes while a task emits', () => {
    const source = new Subject<string>();
    const tick = new Subject<string>();
    const ticking = createOperator<string, string>((destination, enqueue) => {
      destination.add(tick.subscribe((value) => enqueue(() => destination.next(value))));
      return {
        next: (value) => destination.next(value),
        error: (error) => destination.error(error),
        complete: () => destination.complete(),
      };
    });
    const seen: string[] = [];
    source.pipe(ticking).subscribe((value) => {
      seen.push(value);
      if (value === 'tick') {
        source.next('pushed');
        seen.push('end of tick');
      }
    });
    tick.next('tick');
    expect(seen).toStrictEqual(['tick', 'end of tick', 'pushed']);
  });

  it('clears the queue when a handler throws', () => {
    const source = new Subject<string>();
    const seen: unknown[] = [];
    const failing = passing((value: string) => {
      if (value === 'b') {
        throw new Error('b');
      }
      return value;
    });
    source.pipe(failing).subscribe({
      next: (value) => {
        seen.push(value);
        source.next('b');
        source.next('c');
      },
      error: (error: unknown) => seen.push(error),
    });
    source.next('a');
    expect(seen).toStrictEqual(['a', new Error('b')]);
  });

  it('ignores values that a source emits after its end', () => {
    const seen: string[] = [];
    new Observable<string>((subscriber) => {
      const send = (value: string) => {
        subscriber.next(value);
        subscriber.complete();
      };
      send('a');
      send('b');
    })
      .pipe(identity)
      .subscribe({ next: (value) => seen.push(value), complete: () => seen.push('complete') });
    expect(seen).toStrictEqual(['a', 'complete']);
  });

  it('notifies a handler of one end only, even if the destination stays open', () => {
    const seen: string[] = [];
    const lasting = createOperator<string, never>(() => ({
      next: (value) => seen.push(value),
      error: () => seen.push('error'),
      complete: () => seen.push('complete'),
    }));
    new Observable<string>((subscriber) => {
      const send = (value: string) => {
        subscriber.next(value);
        subscriber.complete();
      };
      const fail = () => subscriber.error(new Error('too late'));
      send('a');
      send('b');
      fail();
    })
      .pipe(lasting)
      .subscribe();
    expect(seen).toStrictEqual(['a', 'complete']);
  });

  it('does not run a teardown that the source has removed', () => {
    const seen: string[] = [];
    new Observable<string>((subscriber) => {
      const removed = () => seen.push('removed');
      subscriber.add(removed);
      subscriber.add(() => seen.push('teardown'));
      subscriber.remove(removed);
    })
      .pipe(identity)
      .subscribe()
      .unsubscribe();
    expect(seen).toStrictEqual(['teardown']);
  });

  it.each([
    { title: 'completion', source: EMPTY },
    { title: 'an error', source: throwError(() => new Error('over')) },
    { title: 'unsubscription', source: NEVER },
  ])('disposes the handler once, on $title', ({ source }) => {
    const dispose = vi.fn();
    source
      .pipe(passing((value: never) => value, dispose))
      .subscribe({ error: () => undefined })
      .unsubscribe();
    expect(dispose).toHaveBeenCalledOnce();
  });

  it('disposes the handler if the source throws on unsubscription', () => {
    const dispose = vi.fn();
    const source = NEVER.pipe(
      finalize(() => {
        throw new Error('finalizer');
      }),
    );
    const subscription = source.pipe(passing((value: never) => value, dispose)).subscribe();
    expect(() => subscription.unsubscribe()).toThrow('finalizer');
    expect(dispose).toHaveBeenCalledOnce();
  });

  it('emits the error of a handler if the source throws on unsubscription', () => {
    const source = new Subject<string>();
    const error = vi.fn();
    const dispose = vi.fn();
    source
      .pipe(
        finalize(() => {
          throw new Error('finalizer');
        }),
        passing(() => {
          throw new Error('handler');
        }, dispose),
      )
      .subscribe({ error });
    expect(() => source.next('a')).toThrow('finalizer');
    expect(error.mock.calls).toStrictEqual([[new Error('handler')]]);
    expect(dispose).toHaveBeenCalledOnce();
  });

  it('runs the teardown of the source once, after completion is emitted', () => {
    const seen: string[] = [];
    new Observable<string>((subscriber) => {
      subscriber.complete();
      return () => seen.push('teardown');
    })
      .pipe(identity)
      .subscribe({ complete: () => seen.push('complete') });
    expect(seen).toStrictEqual(['complete', 'teardown']);
  });

  it('accepts a source that is an observable of another copy of RxJS', () => {
    const seen: string[] = [];
    const foreign = {
      '@@observable': () => foreign,
      subscribe: (observer: Observer<string>) => {
        observer.next('a');
        observer.complete();
      },
    };
    identity(foreign as unknown as Observable<string>).subscribe((value) => seen.push(value));
    expect(seen).toStrictEqual(['a']);
  });

  it('has a handler for each subscription', () => {
    let handlers = 0;
    const counting = createOperator<number, number>((destination) => {
      handlers++;
      return {
        next: (value) => destination.next(value + handlers),
        error: (error) => destination.error(error),
        complete: () => destination.complete(),
      };
    });
    const output = from([10]).pipe(counting);
    const seen: number[] = [];
    output.subscribe((value) => seen.push(value));
    output.subscribe((value) => seen.push(value));
    expect(seen).toStrictEqual([11, 12]);
  });
});
