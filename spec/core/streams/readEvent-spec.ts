import { describe, expect, it } from 'vitest';

import { readEvent } from '../../../src/core/streams/readEvent.js';

const delta = { type: 'delta', kind: 'answer', id: 'a', delta: 'x' };
const end = { type: 'end', kind: 'answer', id: 'a' };

describe('readEvent', () => {
  it.each([
    { type: 'start', kind: 'answer', id: 'a' },
    delta,
    { ...delta, delta: '' },
    { ...delta, kind: '', id: '' },
    { ...delta, order: [] },
    { ...delta, order: [2, -1.5] },
    { ...delta, order: undefined },
    end,
    { ...end, text: 'x' },
    { ...end, text: undefined },
    { type: 'error', kind: 'answer', id: 'a', error: undefined },
    Object.freeze({ ...delta }),
    Object.assign(Object.create(null) as object, delta),
  ])('takes %j', (event) => {
    expect(readEvent(event)).toBeDefined();
  });

  it.each([
    { title: 'undefined', event: undefined },
    { title: 'null', event: null },
    { title: 'a number', event: 7 },
    { title: 'a string', event: 'delta' },
    { title: 'a symbol', event: Symbol('delta') },
    { title: 'a function', event: Object.assign(() => undefined, delta) },
    { title: 'an array', event: [delta] },
    { title: 'no type', event: { kind: 'answer', id: 'a', delta: 'x' } },
    { title: 'an unknown type', event: { ...delta, type: 'what' } },
    { title: 'a type that is an object member', event: { ...delta, type: 'constructor' } },
    { title: 'no kind', event: { type: 'delta', id: 'a', delta: 'x' } },
    { title: 'a kind that is no string', event: { ...delta, kind: 1 } },
    { title: 'no id', event: { type: 'delta', kind: 'answer', delta: 'x' } },
    { title: 'an id that is no string', event: { ...delta, id: null } },
    { title: 'no delta', event: { type: 'delta', kind: 'answer', id: 'a' } },
    { title: 'a delta that is no string', event: { ...delta, delta: 5 } },
    { title: 'a delta that is a String object', event: { ...delta, delta: new String('x') } },
    { title: 'a text that is no string', event: { ...end, text: 1 } },
    { title: 'an order that is no array', event: { ...delta, order: '12' } },
    { title: 'an order that looks like an array', event: { ...delta, order: { 0: 1, length: 1 } } },
    { title: 'an order with a string', event: { ...delta, order: [1, '2'] } },
    { title: 'an order with NaN', event: { ...delta, order: [NaN] } },
    { title: 'an order with Infinity', event: { ...delta, order: [Infinity] } },
    { title: 'an order with a hole', event: { ...delta, order: [1, , 2] } },
    { title: 'an order on an end that is no array', event: { ...end, order: 1 } },
  ])('rejects $title', ({ event }) => {
    expect(readEvent(event)).toBeUndefined();
  });

  it.each(['type', 'kind', 'id', 'delta', 'order'])(
    'rejects an event whose %s throws when read',
    (property) => {
      const event = Object.defineProperty({ ...delta }, property, {
        get() {
          throw new Error('hands off');
        },
      });
      expect(readEvent(event)).toBeUndefined();
    },
  );

  it.each([
    { title: 'an order', event: { ...delta, order: null }, field: 'order' as const },
    { title: 'a text', event: { ...end, text: null }, field: 'text' as const },
  ])('treats $title that is null as absent', ({ event, field }) => {
    const checked = readEvent(event);
    expect(checked).toBeDefined();
    expect(checked?.[field]).toBeUndefined();
  });

  it('rejects a revoked proxy', () => {
    const { proxy, revoke } = Proxy.revocable(delta, {});
    revoke();
    expect(readEvent(proxy)).toBeUndefined();
  });

  it.each([
    { event: { ...delta, order: [1] }, properties: ['type', 'kind', 'id', 'order', 'delta'] },
    {
      event: { ...end, text: 'x' },
      properties: ['type', 'kind', 'id', 'order', 'text', 'finishReason', 'reason'],
    },
    { event: { ...end, type: 'error' }, properties: ['type', 'kind', 'id', 'order', 'error'] },
  ])('reads each property of $event.type once, so that its value cannot change', ({ event, properties }) => {
    const read: PropertyKey[] = [];
    const spy = new Proxy(event, {
      get(target, property, receiver) {
        read.push(property);
        return Reflect.get(target, property, receiver) as unknown;
      },
    });
    expect(readEvent(spy)).toBeDefined();
    expect(read).toStrictEqual(properties);
  });

  it('copies an order', () => {
    const order = [1, 2];
    const checked = readEvent({ ...delta, order });
    order.push(3);
    expect(checked?.order).toStrictEqual([1, 2]);
  });

  it('does not let an order determine how it is copied', () => {
    const mine: unknown[] = [];
    const order = Object.assign([1, 2], { constructor: { [Symbol.species]: () => mine } });
    const checked = readEvent({ ...delta, order });
    mine.push(NaN);
    expect(checked?.order).toStrictEqual([1, 2]);
  });

  it('stops at the first hole of an order', () => {
    const order = [1];
    order.length = 4_294_967_295;
    expect(readEvent({ ...delta, order })).toBeUndefined();
  });

  it('runs no code of an order', () => {
    const order = Object.assign([1], { slice: () => [NaN], [Symbol.iterator]: () => [NaN].values() });
    expect(readEvent({ ...delta, order })?.order).toStrictEqual([1]);
  });
});
