import fc from 'fast-check';
import { from, NEVER, Observable, of, Subject, take, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';

import { recordChunks, type RecordChunksOptions, replayChunks } from '../../src/testing/index.js';
import { collect } from '../support/collect.js';
import { marbles } from '../support/marbles.js';

/** Records chunks that are emitted synchronously. */
async function record(...chunks: readonly (string | Uint8Array)[]): Promise<readonly string[]> {
  const lines: string[] = [];
  const scheduler = new VirtualTimeScheduler();
  const passed = await collect(
    from(chunks).pipe(recordChunks({ onLine: (line) => lines.push(line), scheduler })),
  );
  expect(passed).toStrictEqual(chunks);
  passed.forEach((chunk, index) => {
    expect(chunk).toBe(chunks[index]);
  });
  return lines;
}

const chunk = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0xd7ff, max: 0xe000 })).map((units) => String.fromCharCode(...units)),
  fc.uint8Array(),
  fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
  fc.constant(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)),
);

describe('recordChunks', () => {
  it.each([
    { source: '  -a-b--c|', subscribed: '^------!', expected: '-a-b--c|', times: [0, 2, 5] },
    { source: '  -a-b--# ', subscribed: '^-----!  ', expected: '-a-b--# ', times: [0, 2] },
    { source: '  -(ab)|  ', subscribed: '^----!   ', expected: '-(ab)|  ', times: [0, 0] },
    { source: '  ---|    ', subscribed: '^--!     ', expected: '---|    ', times: [] },
    { source: '  #       ', subscribed: '(^!)     ', expected: '#       ', times: [] },
    { source: '  -       ', subscribed: '^        ', expected: '-       ', times: [] },
  ])('emits $source, and records the times $times', ({ source, subscribed, expected, times }) => {
    marbles((m) => {
      const lines: string[] = [];
      const source$ = m.cold(source.trim());
      const output = source$.pipe(recordChunks({ onLine: (line) => lines.push(line) }));
      m.expect(output).toBeObservable(expected.trim());
      m.expect(source$).toHaveSubscriptions(subscribed.trim());
      m.flush();
      expect(lines).toStrictEqual(
        times.map((time, index) => JSON.stringify({ time, text: 'abc'.charAt(index) })),
      );
    })();
  });

  it(
    'unsubscribes from the source with its subscriber',
    marbles((m) => {
      const lines: string[] = [];
      const source = m.hot('  -a-b-c-|');
      const subscribed = '    ^---!   ';
      const output = source.pipe(recordChunks({ onLine: (line) => lines.push(line) }));
      m.expect(output, subscribed).toBeObservable('-a-b-');
      m.expect(source).toHaveSubscriptions(subscribed);
      m.flush();
      expect(lines).toHaveLength(2);
    }),
  );

  it('writes text as text, complete UTF-8 as text of bytes, and other bytes as base64', async () => {
    expect(
      await record('é\n\ud83d', Uint8Array.of(0xc3, 0xa9), Uint8Array.of(0xc3), '', new Uint8Array()),
    ).toStrictEqual([
      '{"time":0,"text":"é\\n\\ud83d"}',
      '{"time":0,"text":"é","bytes":true}',
      '{"time":0,"base64":"ww=="}',
      '{"time":0,"text":""}',
      '{"time":0,"text":"","bytes":true}',
    ]);
  });

  it('records only the bytes of a Buffer, not those of its pool', async () => {
    const bytes = Buffer.from('abc\u00e9').subarray(1, 4);
    expect(await record(bytes)).toStrictEqual(['{"time":0,"base64":"YmPD"}']);
  });

  it('records bytes as they were when they arrived, even if they change later', () => {
    const lines: string[] = [];
    const bytes = Uint8Array.of(0x61);
    of(bytes)
      .pipe(recordChunks({ onLine: (line) => lines.push(line) }))
      .subscribe((passed) => passed.fill(0x62));
    expect(lines).toStrictEqual(['{"time":0,"text":"a","bytes":true}']);
  });

  it('is replayed unchanged, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(chunk), async (chunks) => {
        const lines = await record(...chunks);
        expect(lines.join('').includes('\n')).toBe(false);
        expect(await collect(replayChunks(lines, { speed: Infinity }))).toStrictEqual(chunks);
        expect(await collect(replayChunks(`${lines.join('\n')}\n`, { speed: Infinity }))).toStrictEqual(
          chunks,
        );
      }),
    );
  });

  it('is replayed unchanged if it is large', async () => {
    const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251);
    const lines = await record(bytes, 'x'.repeat(20_000));
    expect(await collect(replayChunks(lines))).toStrictEqual([bytes, 'x'.repeat(20_000)]);
  });

  it('is replayed at the times at which it was recorded', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 20 }), (gaps) => {
        const recorded: [number, unknown][] = [];
        const replayed: [number, unknown][] = [];
        const lines: string[] = [];
        const scheduler = new VirtualTimeScheduler();
        const source = new Subject<string>();
        source
          .pipe(recordChunks({ onLine: (line) => lines.push(line), scheduler }))
          .subscribe((value) => recorded.push([scheduler.now(), value]));
        let time = 0;
        gaps.forEach((gap, index) => {
          time += gap;
          scheduler.schedule(() => source.next(String(index)), time);
        });
        scheduler.flush();
        const again = new VirtualTimeScheduler();
        replayChunks(lines, { scheduler: again }).subscribe((value) => replayed.push([again.now(), value]));
        again.flush();
        const start = recorded[0]?.[0] ?? 0;
        expect(replayed).toStrictEqual(recorded.map(([at, value]) => [at - start, value]));
      }),
    );
  });

  it('stops a synchronous source with take, after recording the emitted chunks', async () => {
    let produced = 0;
    const lines: string[] = [];
    const endless = new Observable<string>((subscriber) => {
      while (!subscriber.closed && produced < 1000) {
        subscriber.next(String(produced++));
      }
    });
    const scheduler = new VirtualTimeScheduler();
    const output = endless.pipe(recordChunks({ onLine: (line) => lines.push(line), scheduler }), take(2));
    expect(await collect(output)).toStrictEqual(['0', '1']);
    expect(produced).toBe(2);
    expect(lines).toStrictEqual(['{"time":0,"text":"0"}', '{"time":0,"text":"1"}']);
  });

  it('records a chunk before it emits it, and a re-entrant chunk after that', () => {
    const order: string[] = [];
    const source = new Subject<string>();
    const scheduler = new VirtualTimeScheduler();
    source.pipe(recordChunks({ onLine: (line) => order.push(line), scheduler })).subscribe((value) => {
      order.push(value);
      if (value === 'a') {
        source.next('b');
        order.push('pushed');
      }
    });
    source.next('a');
    expect(order).toStrictEqual(['{"time":0,"text":"a"}', 'a', 'pushed', '{"time":0,"text":"b"}', 'b']);
  });

  it('creates a separate recording for each subscription, from 0', () => {
    const lines: string[] = [];
    const scheduler = new VirtualTimeScheduler();
    const source = new Subject<string>();
    const output = source.pipe(recordChunks({ onLine: (line) => lines.push(line), scheduler }));
    scheduler.schedule(() => output.subscribe(), 10);
    scheduler.schedule(() => source.next('a'), 20);
    scheduler.schedule(() => output.subscribe(), 30);
    scheduler.schedule(() => source.next('b'), 40);
    scheduler.flush();
    expect(lines).toStrictEqual(['{"time":0,"text":"a"}', '{"time":20,"text":"b"}', '{"time":0,"text":"b"}']);
  });

  it('uses asyncScheduler by default', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    const lines: string[] = [];
    const source = new Subject<string>();
    source.pipe(recordChunks({ onLine: (line) => lines.push(line) })).subscribe();
    source.next('a');
    vi.advanceTimersByTime(70);
    source.next('b');
    vi.setSystemTime(Date.now() - 3_600_000);
    source.next('c');
    vi.advanceTimersByTime(5);
    source.next('d');
    vi.useRealTimers();
    // The clock was set back between b and c.
    expect(lines.map((line) => (JSON.parse(line) as { time: number }).time)).toStrictEqual([0, 70, 70, 75]);
  });

  it('fails with an exception of onLine, and emits no chunk that was not recorded', async () => {
    const seen: string[] = [];
    const onLine = (line: string) => {
      if (line.includes('b')) {
        throw new Error('disk full');
      }
    };
    const output = from(['a', 'b', 'c']).pipe(recordChunks({ onLine }));
    output.subscribe({
      next: (value) => seen.push(value),
      error: (error: unknown) => seen.push(String(error)),
    });
    expect(seen).toStrictEqual(['a', 'Error: disk full']);
    await expect(collect(output)).rejects.toThrow('disk full');
  });

  it.each([
    { value: 5, type: 'Number' },
    { value: undefined, type: 'Undefined' },
    { value: null, type: 'Null' },
    { value: new ArrayBuffer(1), type: 'ArrayBuffer' },
    { value: new Uint16Array(1), type: 'Uint16Array' },
    { value: ['a'], type: 'Array' },
  ])('fails when a chunk is $type', async ({ value, type }) => {
    const lines: string[] = [];
    const output = from(['a', value as never]).pipe(recordChunks({ onLine: (line) => lines.push(line) }));
    await expect(collect(output)).rejects.toThrow(
      new TypeError(`recordChunks reads text or bytes (Uint8Array), but was given a value of type ${type}`),
    );
    expect(lines).toHaveLength(1);
  });

  it.each([
    { options: undefined, message: 'The options are undefined, but must be an object' },
    { options: {}, message: 'The option onLine is undefined, but must be a function' },
    { options: { onLine: [] }, message: 'The option onLine is an array, but must be a function' },
    {
      options: { onLine: () => undefined, scheduler: {} },
      message: 'The option scheduler is an object, but must be a scheduler with the methods now and schedule',
    },
  ])('throws for $options when it is created', ({ options, message }) => {
    expect(() => recordChunks(options as unknown as RecordChunksOptions)).toThrow(new TypeError(message));
  });

  it('has no timer', () => {
    const scheduler = new VirtualTimeScheduler();
    NEVER.pipe(recordChunks({ onLine: () => undefined, scheduler })).subscribe();
    expect(scheduler.actions).toStrictEqual([]);
  });
});
