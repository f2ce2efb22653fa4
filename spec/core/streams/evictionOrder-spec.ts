import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Evictable, EvictionOrder } from '../../../src/core/streams/evictionOrder.js';

interface Stream extends Evictable {
  lastEvent: number;
}

const stream = (lastEvent: number): Stream => ({ lastEvent, evictionIndex: -1 });

describe('EvictionOrder', () => {
  it('returns undefined without streams', () => {
    expect(new EvictionOrder<Stream>().takeLeastRecent(() => [], 0)).toBeUndefined();
  });

  it('takes the least recent stream first', () => {
    const order = new EvictionOrder<Stream>();
    const [a, b, c] = [stream(2), stream(1), stream(3)];
    const open = [a, b, c];
    expect(order.takeLeastRecent(() => [...open], 3)).toBe(b);
    expect(order.takeLeastRecent(() => expect.unreachable(), 3)).toBe(a);
  });

  it('skips a stream with an event since the streams were sorted', () => {
    const order = new EvictionOrder<Stream>();
    const [a, b, c] = [stream(1), stream(2), stream(3)];
    order.takeLeastRecent(() => [a, b, c], 3);
    b.lastEvent = 4;
    expect(order.takeLeastRecent(() => expect.unreachable(), 4)).toBe(c);
  });

  it('skips a stream that has closed', () => {
    const order = new EvictionOrder<Stream>();
    const [a, b, c] = [stream(1), stream(2), stream(3)];
    order.takeLeastRecent(() => [a, b, c], 3);
    order.delete(b);
    expect(order.takeLeastRecent(() => expect.unreachable(), 3)).toBe(c);
  });

  it('references no stream that was taken, or has closed', () => {
    const order = new EvictionOrder<Stream>();
    const [a, b, c] = [stream(1), stream(2), stream(3)];
    order.takeLeastRecent(() => [a, b, c], 3);
    order.delete(a);
    order.delete(b);
    expect(order).toMatchObject({ streams: [c, undefined] });
  });

  it('sorts no more often than there are events, for every sequence of events and evictions', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 8 }), { maxLength: 200, size: 'max' }), (steps) => {
        const order = new EvictionOrder<Stream>();
        const open = Array.from({ length: 8 }, (_, index) => stream(index + 1));
        let events = open.length;
        let sorted = 0;
        for (const step of steps) {
          const touched = open[step];
          events++;
          if (touched !== undefined) {
            touched.lastEvent = events;
            continue;
          }
          const least = [...open].sort((a, b) => a.lastEvent - b.lastEvent)[0];
          const taken = order.takeLeastRecent(() => {
            sorted += open.length;
            return [...open];
          }, events);
          expect(taken).toBe(least);
          open.splice(open.indexOf(taken ?? stream(0)), 1, stream(events));
        }
        expect(sorted).toBeLessThanOrEqual(open.length + events);
      }),
    );
  });
});
