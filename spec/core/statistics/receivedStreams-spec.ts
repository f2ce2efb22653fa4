import { describe, expect, it } from 'vitest';

import { ReceivedLines } from '../../../src/core/statistics/receivedLines.js';
import { ReceivedStreams } from '../../../src/core/statistics/receivedStreams.js';

const first = new ReceivedLines(1);
const second = new ReceivedLines(2);
const third = new ReceivedLines(3);

function over(): ReceivedLines {
  const received = new ReceivedLines(0);
  received.isOver = true;
  return received;
}

describe('ReceivedStreams', () => {
  it('finds the stream of a key while it is open', () => {
    const streams = new ReceivedStreams(10);
    expect(streams.find('answer', 'a')).toBeUndefined();
    streams.open('answer', 'a', first);
    streams.open('answer', 'b', second);
    expect(streams.find('answer', 'a')).toBe(first);
    streams.close('answer', 'a', first, 'idle');
    expect(streams.find('answer', 'a')).toBeUndefined();
    expect(streams.find('answer', 'b')).toBe(second);
  });

  it('tells kinds and hostile ids apart', () => {
    const streams = new ReceivedStreams(10);
    streams.open('answer', '__proto__', first);
    streams.open('__proto__', 'answer', second);
    expect(streams.find('reasoning', '__proto__')).toBeUndefined();
    expect(streams.find('__proto__', 'answer')).toBe(second);
    expect(streams.find('answer', '__proto__')).toBe(first);
  });

  // prettier-ignore
  it.each([
    { reason: 'end',      isOver: true },
    { reason: 'error',    isOver: true },
    { reason: 'idle',     isOver: false },
    { reason: 'evicted',  isOver: false },
    { reason: 'complete', isOver: false },
  ] as const)('takes a key that was closed as $reason for over: $isOver', ({ reason, isOver }) => {
    const streams = new ReceivedStreams(10);
    expect(streams.isOver('answer', 'a')).toBe(false);
    streams.open('answer', 'a', first);
    expect(streams.isOver('answer', 'a')).toBe(false);
    streams.close('answer', 'a', first, reason);
    expect(streams.isOver('answer', 'a')).toBe(isOver);
  });

  it('gives no stream whose producer has said that it is over', () => {
    const streams = new ReceivedStreams(10);
    streams.open('answer', 'a', over());
    expect(streams.find('answer', 'a')).toBeUndefined();
    expect(streams.isOver('answer', 'a')).toBe(true);
  });

  it('holds streams until they open, in the order in which they came', () => {
    const streams = new ReceivedStreams(10);
    streams.open('answer', 'a', first);
    streams.hold('answer', 'a', second);
    streams.hold('answer', 'a', third);
    expect(streams.find('answer', 'a')).toBe(third);
    streams.close('answer', 'a', first, 'idle');
    expect(streams.takeHeld('answer', 'a')).toBe(second);
    streams.open('answer', 'a', second);
    expect(streams.find('answer', 'a')).toBe(third);
    expect(streams.takeHeld('answer', 'a')).toBe(third);
    expect(streams.takeHeld('answer', 'a')).toBeUndefined();
    expect(streams.takeHeld('answer', 'b')).toBeUndefined();
  });

  it('does not close a stream for another that had the same key', () => {
    const streams = new ReceivedStreams(10);
    streams.open('answer', 'a', first);
    streams.open('answer', 'a', second);
    streams.close('answer', 'a', first, 'end');
    expect(streams.find('answer', 'a')).toBe(second);
  });

  it('forgets the oldest of the keys that are not open', () => {
    const streams = new ReceivedStreams(2);
    streams.hold('answer', 'a', first);
    streams.hold('answer', 'a', second);
    streams.open('answer', 'b', first);
    streams.close('answer', 'b', first, 'end');
    expect(streams.find('answer', 'a')).toBe(second);
    streams.hold('answer', 'c', first);
    expect(streams.find('answer', 'a')).toBeUndefined();
    expect(streams.isOver('answer', 'b')).toBe(true);
    expect(streams.find('answer', 'c')).toBe(first);
  });

  it('also of those that had to wait, and were open then', () => {
    const streams = new ReceivedStreams(1);
    streams.hold('answer', 'a', first);
    streams.takeHeld('answer', 'a');
    streams.open('answer', 'a', first);
    streams.close('answer', 'a', first, 'end');
    expect(streams.isOver('answer', 'a')).toBe(true);
    streams.hold('answer', 'b', second);
    expect(streams.isOver('answer', 'a')).toBe(false);
  });

  it('does not forget keys that are open', () => {
    const streams = new ReceivedStreams(1);
    streams.hold('answer', 'a', first);
    streams.open('answer', 'a', second);
    streams.hold('answer', 'b', first);
    streams.hold('answer', 'c', third);
    expect(streams.find('answer', 'a')).toBe(first);
    expect(streams.find('answer', 'b')).toBeUndefined();
    expect(streams.find('answer', 'c')).toBe(third);
  });

  it('forgets the oldest of very many streams of one key', () => {
    const streams = new ReceivedStreams(1);
    const held = Array.from({ length: 150 }, (_, time) => new ReceivedLines(time));
    held.forEach((received) => streams.hold('answer', 'a', received));
    expect(streams.takeHeld('answer', 'a')).toBe(held[50]);
  });
});
