import { asyncScheduler, noop } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { type Attempt, Attempts, chain, isThenable, nameOf } from '../../src/log/attempts.js';

/** Attempts with a log of their calls and outcomes, each with its time. */
function attemptsFor(retryFor: number) {
  const begin = Date.now();
  const events: string[] = [];
  const note = (event: string) => events.push(`${Date.now() - begin} ${event}`);
  const attempts = new Attempts(
    asyncScheduler,
    (task) => {
      task();
    },
    retryFor,
  );
  const run = (call: Attempt<string>, name = '') => {
    attempts.run(
      (attempt, isRepeat) => {
        note(`${name}${isRepeat ? 'repeat' : 'call'}`);
        return call(attempt, isRepeat);
      },
      (value) => note(`${name}done ${value}`),
      (error) => note(`${name}${String(error)}`),
    );
  };
  return { attempts, events, note, run };
}

const boom = (): never => {
  throw new Error('boom');
};
const never = () => new Promise<string>(() => undefined);
const answerAfter = (delay: number, value: string) => () =>
  new Promise<string>((resolve) => setTimeout(resolve, delay, value));

/** Fails a number of times, and then returns the answer. */
function failing(times: number, answer: () => string | Promise<string>, fail = boom): Attempt<string> {
  let calls = 0;
  return () => (++calls > times ? answer() : fail());
}

describe('Attempts', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('pass a synchronous answer on at once, without a timer', () => {
    const { events, run } = attemptsFor(1000);
    run(() => 'x');
    expect(events).toStrictEqual(['0 call', '0 done x']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('pass the answer of a promise on, and leave no timer', async () => {
    const { events, run } = attemptsFor(1000);
    run(answerAfter(30, 'x'));
    await vi.advanceTimersByTimeAsync(2000);
    expect(events).toStrictEqual(['0 call', '30 done x']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('queue the outcome of a promise', async () => {
    const queue: (() => void)[] = [];
    const done = vi.fn();
    const attempts = new Attempts(asyncScheduler, (task) => queue.push(task), 1000);
    attempts.run(() => Promise.resolve('x'), done, boom);
    await vi.advanceTimersByTimeAsync(0);
    expect(done).not.toHaveBeenCalled();
    queue.forEach((task) => {
      task();
    });
    expect(done).toHaveBeenCalledExactlyOnceWith('x');
  });

  describe('after a failure', () => {
    it.each([
      { title: 'an exception', fail: boom },
      { title: 'a rejection', fail: (): never => Promise.reject(new Error('boom')) as never },
    ])('repeat the call, after twice the delay each time, up to 2 s: $title', async ({ fail }) => {
      const { events, run } = attemptsFor(Infinity);
      run(failing(8, () => 'x', fail));
      await vi.advanceTimersByTimeAsync(10_000);
      expect(events).toStrictEqual([
        '0 call',
        ...[50, 150, 350, 750, 1550, 3150, 5150].map((at) => `${at} repeat`),
        '7150 repeat',
        '7150 done x',
      ]);
    });

    it('wait for the promise of a repeated call', async () => {
      const { events, run } = attemptsFor(1000);
      run(failing(1, answerAfter(30, 'x')));
      await vi.advanceTimersByTimeAsync(2000);
      expect(events).toStrictEqual(['0 call', '50 repeat', '80 done x']);
    });

    it('give up when the time is up, with the last error', async () => {
      const { events, run } = attemptsFor(200);
      let calls = 0;
      run(() => {
        throw new Error(`boom ${++calls}`);
      });
      await vi.advanceTimersByTimeAsync(2000);
      expect(events).toStrictEqual(['0 call', '50 repeat', '150 repeat', '200 Error: boom 3']);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('give up at once when there is no time', () => {
      const { events, run } = attemptsFor(0);
      run(boom);
      expect(events).toStrictEqual(['0 call', '0 Error: boom']);
    });

    it.each(['TruncatedError', 'RangeError'])('give up at once for a %s', (name) => {
      const { events, run } = attemptsFor(1000);
      run(() => {
        throw Object.assign(new Error('boom'), { name });
      });
      expect(events).toStrictEqual(['0 call', `0 ${name}: boom`]);
    });

    it('number each call differently', async () => {
      const { attempts, run } = attemptsFor(1000);
      const numbers: number[] = [];
      const areCurrent: boolean[][] = [];
      run((attempt) => {
        numbers.push(attempt);
        areCurrent.push(numbers.map((each) => attempts.isCurrent(each)));
        return numbers.length < 3 ? boom() : 'x';
      });
      await vi.advanceTimersByTimeAsync(1000);
      expect(areCurrent).toStrictEqual([[true], [false, true], [false, false, true]]);
    });
  });

  describe('without an answer', () => {
    it('give up when the time is up', async () => {
      vi.advanceTimersByTime(300);
      const { events, run } = attemptsFor(1000);
      run(never);
      await vi.advanceTimersByTimeAsync(5000);
      expect(events).toStrictEqual(['0 call', '1000 Error: The log did not answer within 1000 ms']);
    });

    it('count the time from the first call', async () => {
      const { events, run } = attemptsFor(1000);
      run(failing(1, never));
      await vi.advanceTimersByTimeAsync(5000);
      expect(events).toStrictEqual([
        '0 call',
        '50 repeat',
        '1000 Error: The log did not answer within 1000 ms',
      ]);
    });

    it('give up with the latest error as the cause', async () => {
      const errors = [new Error('first'), new Error('second')];
      const results: unknown[] = [];
      const { attempts } = attemptsFor(1000);
      let calls = 0;
      const call = () => {
        const error = errors[calls++];
        return error === undefined ? never() : Promise.reject(error);
      };
      attempts.run(call, noop, (error) => results.push(error));
      await vi.advanceTimersByTimeAsync(1000);
      expect(results).toStrictEqual([
        new Error('The log did not answer within 1000 ms', { cause: errors[1] }),
      ]);
    });

    it('give up without a cause when no call failed', async () => {
      const results: unknown[] = [];
      const { attempts } = attemptsFor(1000);
      attempts.run(never, noop, (error) => results.push(error));
      await vi.advanceTimersByTimeAsync(1000);
      expect(results).toStrictEqual([new Error('The log did not answer within 1000 ms')]);
      expect(results[0]).not.toHaveProperty('cause');
    });

    it('wait forever, without a timer, when the time is unlimited', () => {
      const { events, run } = attemptsFor(Infinity);
      run(never);
      expect(vi.getTimerCount()).toBe(0);
      expect(events).toStrictEqual(['0 call']);
    });

    it('ignore an answer that arrives later, even during another call', async () => {
      const { events, run } = attemptsFor(1000);
      run(answerAfter(1500, 'x'), 'first ');
      await vi.advanceTimersByTimeAsync(1200);
      run(answerAfter(600, 'y'), 'second ');
      await vi.advanceTimersByTimeAsync(1200);
      expect(events).toStrictEqual([
        '0 first call',
        '1000 first Error: The log did not answer within 1000 ms',
        '1200 second call',
        '1800 second done y',
      ]);
    });
  });

  describe('when they are restarted', () => {
    it('run the task after the delay, and ignore the answer to the previous call', async () => {
      const { attempts, events, note, run } = attemptsFor(1000);
      run(answerAfter(100, 'x'), 'first ');
      attempts.restart(50, () => {
        note('restarted');
        run(answerAfter(200, 'y'), 'second ');
      });
      await vi.advanceTimersByTimeAsync(2000);
      expect(events).toStrictEqual(['0 first call', '50 restarted', '50 second call', '250 second done y']);
    });

    it('do not repeat the previous call', async () => {
      const { attempts, events, note, run } = attemptsFor(1000);
      run(boom);
      attempts.restart(80, () => note('restarted'));
      await vi.advanceTimersByTimeAsync(2000);
      expect(events).toStrictEqual(['0 call', '80 restarted']);
    });
  });

  describe('once they are disposed', () => {
    it.each([
      { title: 'a pending answer', call: answerAfter(100, 'x') },
      { title: 'a pending rejection', call: () => answerAfter(100, 'x')().then(boom) },
      { title: 'a call to be repeated', call: boom },
    ])('ignore $title, and leave no timer of their own', async ({ call }) => {
      const { attempts, events, run } = attemptsFor(1000);
      run(call);
      attempts.dispose();
      await vi.advanceTimersByTimeAsync(2000);
      expect(events).toStrictEqual(['0 call']);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('make no further calls', () => {
      const { attempts, events, note, run } = attemptsFor(1000);
      attempts.dispose();
      run(() => 'x');
      attempts.restart(0, () => note('restarted'));
      vi.advanceTimersByTime(1000);
      expect(events).toStrictEqual([]);
    });
  });
});

describe('chain', () => {
  it('calls the function synchronously with a value', () => {
    expect(chain('x', (value) => `${value}!`)).toBe('x!');
  });

  it('calls the function with the value of a promise', async () => {
    const chained = chain(Promise.resolve('x'), (value) => `${value}!`);
    expect(chained).toBeInstanceOf(Promise);
    expect(await chained).toBe('x!');
  });
});

describe('isThenable', () => {
  it.each([
    { value: Promise.resolve(), expected: true },
    { value: { then: () => undefined }, expected: true },
    { value: { then: 1 }, expected: false },
    { value: {}, expected: false },
    { value: null, expected: false },
    { value: undefined, expected: false },
    { value: 'then', expected: false },
  ])('is $expected for $value', ({ value, expected }) => {
    expect(isThenable<unknown>(value)).toBe(expected);
  });
});

describe('nameOf', () => {
  it.each([
    { error: new RangeError('x'), expected: 'RangeError' },
    { error: { name: 'TruncatedError' }, expected: 'TruncatedError' },
    { error: {}, expected: undefined },
    { error: null, expected: undefined },
    { error: undefined, expected: undefined },
    { error: 'RangeError', expected: undefined },
    { error: () => undefined, expected: undefined },
  ])('of $error is $expected', ({ error, expected }) => {
    expect(nameOf(error)).toBe(expected);
  });
});
