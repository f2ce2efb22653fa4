import fc from 'fast-check';
import { type Observable, take, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';

import { replayChunks, type ReplayChunksOptions } from '../../src/testing/index.js';
import { collect } from '../support/collect.js';
import { marbles } from '../support/marbles.js';

const at = (time: number, text: string) => JSON.stringify({ time, text });

/** The notifications of a synchronous observable. */
function outcomeOf(source: Observable<unknown>): readonly unknown[] {
  const outcome: unknown[] = [];
  source.subscribe({
    next: (value) => outcome.push(value),
    error: (error: unknown) => outcome.push(error),
    complete: () => outcome.push('|'),
  });
  return outcome;
}

describe('replayChunks', () => {
  const lines = [at(0, 'a'), at(20, 'b'), at(20, 'c'), at(60, 'd')];

  // prettier-ignore
  it.each([
    { speed: 1,         lines,                                              expected: 'a 19ms (bc) 36ms (d|)' },
    { speed: undefined, lines,                                              expected: 'a 19ms (bc) 36ms (d|)' },
    { speed: 2,         lines,                                              expected: 'a 9ms (bc) 16ms (d|)' },
    { speed: 0.5,       lines,                                              expected: 'a 39ms (bc) 76ms (d|)' },
    { speed: Infinity,  lines,                                              expected: '(abcd|)' },
    { speed: 1,         lines: lines.slice(1),                              expected: '(bc) 36ms (d|)' },
    { speed: 1,         lines: [at(0, 'a'), at(9, 'b'), at(3, 'c'), at(13, 'd')], expected: 'a 8ms (bc)(d|)' },
    { speed: 3,         lines: [at(0, 'a'), at(10, 'b'), at(20, 'c'), at(30, 'd')], expected: 'a---b--c--(d|)' },
    { speed: 1,         lines: [at(0, 'a'), at(0.5, 'b')],                  expected: 'a(b|)' },
    { speed: 1,         lines: [at(5, 'a')],                                expected: '(a|)' },
    { speed: 1,         lines: [],                                          expected: '|' },
    { speed: 1,         lines: ['', ' \r'],                                 expected: '|' },
  ])('replays $lines at the speed $speed', ({ speed, lines: some, expected }) => {
    marbles((m) => {
      m.expect(replayChunks(some, { speed })).toBeObservable(expected);
      m.expect(replayChunks(some.join('\n'), { speed })).toBeObservable(expected);
    })();
  });

  it(
    'emits nothing after unsubscribe',
    marbles((m) => {
      m.expect(replayChunks(lines), '^ 30ms !').toBeObservable('a 19ms (bc)');
    }),
  );

  it('leaves no timer after unsubscribe, completion or failure', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    const subscription = replayChunks(lines).subscribe();
    expect(vi.getTimerCount()).toBe(1);
    subscription.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
    replayChunks(lines).subscribe();
    replayChunks([...lines, '{'].reverse()).subscribe({ error: () => undefined });
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(60);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('stops with take', async () => {
    const all = Array.from({ length: 100 }, (_, index) => at(0, String(index)));
    expect(await collect(replayChunks([...all, 'broken']).pipe(take(100)))).toHaveLength(100);
    expect(await collect(replayChunks(all).pipe(take(2)))).toStrictEqual(['0', '1']);
  });

  it('replays from the beginning for each subscriber, even inside another', () => {
    const replay = replayChunks(lines, { speed: Infinity });
    const seen: unknown[] = [];
    replay.pipe(take(2)).subscribe((outer) => {
      replay.subscribe((inner) => seen.push(`${String(outer)}${String(inner)}`));
    });
    expect(seen).toStrictEqual(['aa', 'ab', 'ac', 'ad', 'ba', 'bb', 'bc', 'bd']);
  });

  it('replays the given lines, even if the list changes later', () => {
    const list = [at(0, 'a')];
    const replay = replayChunks(list);
    list[0] = at(0, 'b');
    expect(outcomeOf(replay)).toStrictEqual(['a', '|']);
  });

  it('takes the time only from the scheduler', () => {
    const scheduler = new VirtualTimeScheduler();
    const seen: unknown[] = [];
    replayChunks([at(0, 'a'), at(1e12, 'b')], { scheduler }).subscribe((chunk) => {
      seen.push([scheduler.now(), chunk]);
    });
    scheduler.flush();
    expect(seen).toStrictEqual([
      [0, 'a'],
      [1e12, 'b'],
    ]);
  });

  it('waits longer than the longest delay of a timer', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    const seen: unknown[] = [];
    replayChunks([at(0, 'a'), at(5e9, 'b')]).subscribe((chunk) => seen.push(chunk));
    vi.advanceTimersByTime(5e9 - 1);
    expect(seen).toStrictEqual(['a']);
    vi.advanceTimersByTime(1);
    expect(seen).toStrictEqual(['a', 'b']);
    vi.useRealTimers();
  });

  it('is not affected by a clock that is set', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    const seen: unknown[] = [];
    replayChunks([at(0, 'a'), at(100, 'b'), at(5000, 'c')]).subscribe((chunk) => seen.push(chunk));
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(100);
    expect(seen).toStrictEqual(['a', 'b']);
    vi.advanceTimersByTime(4900);
    expect(seen).toStrictEqual(['a', 'b', 'c']);
    vi.useRealTimers();
  });

  it('emits text and bytes unchanged', () => {
    const mixed = [
      '{"time":0,"text":"\\ud83d"}',
      ' { "bytes" : true , "text" : "\\ufeffé" , "time" : 0 } ',
      '{"time":1e-7,"base64":"w/8="}',
    ];
    expect(outcomeOf(replayChunks(mixed, { speed: Infinity }))).toStrictEqual([
      '\ud83d',
      Uint8Array.of(0xef, 0xbb, 0xbf, 0xc3, 0xa9),
      Uint8Array.of(0xc3, 0xff),
      '|',
    ]);
  });

  it('emits chunks of one type, and fails at another', () => {
    const text = '{"time":0,"text":"a"}';
    const bytes = '{"time":0,"text":"a","bytes":true}';
    expect(outcomeOf(replayChunks([text], { type: 'text' }))).toStrictEqual(['a', '|']);
    expect(outcomeOf(replayChunks([bytes], { type: 'bytes' }))).toStrictEqual([Uint8Array.of(0x61), '|']);
    expect(outcomeOf(replayChunks([text, bytes], { type: 'text' }))).toStrictEqual([
      'a',
      new TypeError('Line 2 of the recording has bytes, but the option type is "text"'),
    ]);
    expect(outcomeOf(replayChunks(['', text], { type: 'bytes' }))).toStrictEqual([
      new TypeError('Line 2 of the recording has text, but the option type is "bytes"'),
    ]);
  });

  it.each([
    {
      line: '{"time":0,"text":"a',
      reason: 'is not valid JSON; it begins with "{\\"time\\":0,\\"text\\":\\"a"',
    },
    {
      line: `\u001b${'x'.repeat(99)}`,
      reason: `is not valid JSON; it begins with "\\u001b${'x'.repeat(59)}"`,
    },
    { line: `${at(0, 'a')}${at(0, 'b')}`, reason: 'is not valid JSON' },
    { line: '[]', reason: 'is an array, but must be an object' },
    { line: 'null', reason: 'is null, but must be an object' },
    { line: '5', reason: 'is 5, but must be an object' },
    { line: '{}', reason: 'has the time undefined, but must have milliseconds from 0' },
    { line: '{"time":-1,"text":"a"}', reason: 'has the time -1, but must have milliseconds from 0' },
    { line: '{"time":1e999,"text":"a"}', reason: 'has the time Infinity, but must have milliseconds from 0' },
    { line: '{"time":"0","text":"a"}', reason: 'has the time "0", but must have milliseconds from 0' },
    { line: '{"time":0}', reason: 'has neither text nor base64' },
    { line: '{"time":0,"text":"a","base64":"YQ=="}', reason: 'has both text and base64' },
    { line: '{"time":0,"text":5}', reason: 'has the text 5, but must have a string' },
    { line: '{"time":0,"text":null}', reason: 'has the text null, but must have a string' },
    { line: '{"time":0,"base64":"*"}', reason: 'has no valid base64' },
    { line: '{"time":0,"base64":5}', reason: 'has no valid base64' },
    {
      line: '{"time":0,"text":"","bytes":1}',
      reason: 'has bytes, but may only have "bytes":true with text',
    },
    { line: '{"time":0,"text":"","bytes":false}', reason: 'has bytes, but may only' },
    { line: '{"time":0,"base64":"YQ==","bytes":true}', reason: 'has bytes, but may only' },
    {
      line: '{"time":0,"text":"\\ud83d","bytes":true}',
      reason: 'has a lone surrogate, which bytes cannot represent',
    },
    { line: '{"time":0,"text":"a","id":1}', reason: 'has the unknown field "id"' },
    { line: '{"time":0,"text":"a","__proto__":1}', reason: 'has the unknown field "__proto__"' },
  ])('reports that a line $reason, after the chunks before it: $line', ({ line, reason }) => {
    const [first, error, ...rest] = outcomeOf(replayChunks([at(0, 'a'), '', line, at(0, 'c')]));
    expect([first, rest]).toStrictEqual(['a', []]);
    expect(error).toBeInstanceOf(SyntaxError);
    expect((error as SyntaxError).message).toContain(`Line 3 of the recording ${reason}`);
  });

  it('never throws, whatever the recording', () => {
    const value = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((json) => `{"time":0,"text":${json}}`),
    );
    fc.assert(
      fc.property(fc.array(value), (some) => {
        const last = outcomeOf(replayChunks(some, { speed: Infinity })).at(-1);
        expect(last === '|' || last instanceof SyntaxError).toBe(true);
      }),
    );
  });

  it.each([
    { recording: undefined, named: 'undefined' },
    { recording: 5, named: '5' },
    { recording: ['a', 5], named: 'an array' },
    { recording: new Set(['a']), named: 'an object' },
  ])('throws for the recording $named', ({ recording, named }) => {
    expect(() => replayChunks(recording as never)).toThrow(
      new TypeError(`The recording is ${named}, but must be its text, or an array of its lines`),
    );
  });

  it.each([
    {
      options: { speed: 0 },
      error: new RangeError('The option speed is 0, but must be a number above 0, or Infinity'),
    },
    {
      options: { speed: NaN },
      error: new RangeError('The option speed is NaN, but must be a number above 0, or Infinity'),
    },
    {
      options: { speed: '1x' },
      error: new TypeError('The option speed is "1x", but must be a number above 0, or Infinity'),
    },
    {
      options: { type: 'string' },
      error: new RangeError('The option type is "string", but must be one of text, bytes'),
    },
    {
      options: { type: null },
      error: new TypeError('The option type is null, but must be one of text, bytes'),
    },
    { options: null, error: new TypeError('The options are null, but must be an object') },
    {
      options: { scheduler: 1 },
      error: new TypeError(
        'The option scheduler is 1, but must be a scheduler with the methods now and schedule',
      ),
    },
  ])('throws for $options when it is called', ({ options, error }) => {
    expect(() => replayChunks('', options as unknown as ReplayChunksOptions)).toThrow(error);
  });
});
