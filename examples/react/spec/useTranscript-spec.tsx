import { act, renderHook } from '@testing-library/react';
import { commitLines, type DeltaEvent } from 'deltalines';
import type { CellBlock } from 'deltalines/markdown';
import { StrictMode } from 'react';
import { from, type MonoTypeOperatorFunction, Observable, Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createTranscriptStore } from '../src/transcriptStore';
import { useTranscript, useTranscriptStore } from '../src/useTranscript';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const delta = (id: string, text: string): DeltaEvent => ({ type: 'delta', kind: 'answer', id, delta: text });

const paragraph = (text: string): CellBlock => ({ block: 'paragraph', text });

/** Counts in `log` what happens to the subscriptions of the source. */
function logged<T>(log: string[]): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      log.push('subscribe');
      subscriber.add(source.subscribe(subscriber));
      subscriber.add(() => log.push('unsubscribe'));
    });
}

function setUp() {
  const events$ = new Subject<DeltaEvent>();
  const log: string[] = [];
  return { events$, log, commits$: events$.pipe(logged(log), commitLines()) };
}

describe('useTranscript', () => {
  it('subscribes when it is mounted, and unsubscribes when it is unmounted', () => {
    const { events$, log, commits$ } = setUp();
    const { unmount } = renderHook(() => useTranscript(commits$));
    expect(log).toEqual(['subscribe']);
    act(() => events$.next(delta('a', 'one')));
    expect(vi.getTimerCount()).toBeGreaterThan(0);

    unmount();

    expect(log).toEqual(['subscribe', 'unsubscribe']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('holds one subscription in strict mode', () => {
    const { log, commits$ } = setUp();
    const { unmount } = renderHook(() => useTranscript(commits$), { wrapper: StrictMode });
    expect(log).toEqual(['subscribe', 'unsubscribe', 'subscribe']);

    unmount();

    expect(log).toEqual(['subscribe', 'unsubscribe', 'subscribe', 'unsubscribe']);
  });

  it('gives the texts and then the end', () => {
    const { events$, commits$ } = setUp();
    const { result } = renderHook(() => useTranscript(commits$));
    expect(result.current).toEqual({ status: 'open', transcript: [] });

    act(() => {
      events$.next(delta('a', 'one\ntwo'));
      events$.complete();
    });

    expect(result.current).toMatchObject({
      status: 'complete',
      transcript: [{ blocks: [paragraph('one\ntwo')], draft: undefined, status: 'complete' }],
    });
  });

  it('gives the texts so far and then the error', () => {
    const { events$, commits$ } = setUp();
    const { result } = renderHook(() => useTranscript(commits$));
    const lost = new Error('lost');

    act(() => {
      events$.next(delta('a', 'one\ntwo'));
      events$.error(lost);
    });

    expect(result.current).toMatchObject({
      status: 'error',
      error: lost,
      transcript: [{ blocks: [paragraph('one\ntwo')], status: 'error', error: lost }],
    });
  });

  it('takes a source that is over as soon as it is subscribed to', () => {
    const commits$ = from([delta('a', 'one\n'), delta('b', 'two\n')]).pipe(commitLines());
    const { result } = renderHook(() => useTranscript(commits$), { wrapper: StrictMode });

    expect(result.current).toMatchObject({
      status: 'complete',
      transcript: [{ blocks: [paragraph('one\n')] }, { blocks: [paragraph('two\n')] }],
    });
  });

  it('gives at most one transcript in the time that it is told', () => {
    const { events$, commits$ } = setUp();
    let renders = 0;
    renderHook(() => {
      renders++;
      return useTranscript(commits$, 250);
    });
    renders = 0;

    for (let time = 0; time < 1000; time += 10) {
      act(() => {
        events$.next(delta('a', 'text\n'));
        vi.advanceTimersByTime(10);
      });
    }

    // At once, and then after 250, 500, 750 and 1000 milliseconds.
    expect(renders).toBe(5);
  });

  it('reads other commits from the start', () => {
    const former = setUp();
    const latter = setUp();
    const { result, rerender } = renderHook(({ commits$ }) => useTranscript(commits$), {
      initialProps: { commits$: former.commits$ },
    });
    act(() => former.events$.next(delta('a', 'one\n')));

    rerender({ commits$: latter.commits$ });

    expect(result.current).toEqual({ status: 'open', transcript: [] });
    expect([...former.log, ...latter.log]).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
  });
});

describe('useTranscriptStore', () => {
  it('subscribes once for all components that read the store', () => {
    const { events$, log, commits$ } = setUp();
    const store = createTranscriptStore(commits$);
    const first = renderHook(() => useTranscriptStore(store));
    const second = renderHook(() => useTranscriptStore(store));

    act(() => events$.next(delta('a', 'one\n')));
    expect(first.result.current).toBe(second.result.current);
    first.unmount();
    expect(log).toEqual(['subscribe']);
    second.unmount();
    expect(log).toEqual(['subscribe', 'unsubscribe']);
  });

  it('starts empty for a component that comes after the others have left', () => {
    const { events$, commits$ } = setUp();
    const store = createTranscriptStore(commits$);
    const first = renderHook(() => useTranscriptStore(store));
    act(() => events$.next(delta('a', 'one\n')));
    first.unmount();

    const { result } = renderHook(() => useTranscriptStore(store));

    expect(result.current).toEqual({ status: 'open', transcript: [] });
  });

  it('gives the last state to a component that comes after the end', () => {
    const { events$, log, commits$ } = setUp();
    const store = createTranscriptStore(commits$);
    renderHook(() => useTranscriptStore(store)).unmount();
    const first = renderHook(() => useTranscriptStore(store));
    act(() => {
      events$.next(delta('a', 'one\n'));
      events$.complete();
    });
    first.unmount();
    log.length = 0;

    const { result } = renderHook(() => useTranscriptStore(store));

    expect(result.current).toMatchObject({
      status: 'complete',
      transcript: [{ blocks: [paragraph('one\n')] }],
    });
    expect(log).toEqual([]);
  });
});
