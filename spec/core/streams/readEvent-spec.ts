import { describe, expect, it } from 'vitest';

import { readEvent } from '../../../src/core/streams/readEvent.js';
import { recordReads } from '../../support/recordReads.js';
import { malformedEvents } from './malformedEvents.js';

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

  // prettier-ignore
  it.each([
    { event: { ...delta, order: [1] },       checked: { ...delta, order: [1] } },
    { event: { ...delta, text: 'y' },        checked: { ...delta, order: undefined } },
    { event: end,                            checked: { ...end, order: undefined, delta: '' } },
    { event: { ...end, delta: 'x' },         checked: { ...end, order: undefined, delta: '' } },
    { event: { ...end, text: 'x' },          checked: { ...end, order: undefined, delta: '', text: 'x', finishReason: undefined, reason: undefined } },
    { event: { ...end, finishReason: 'f' },  checked: { ...end, order: undefined, delta: '', text: undefined, finishReason: 'f', reason: undefined } },
    { event: { ...end, finishReason: 5 },    checked: { ...end, order: undefined, delta: '', text: undefined, finishReason: undefined, reason: undefined } },
    { event: { ...end, reason: 'evicted' },  checked: { ...end, order: undefined, delta: '', text: undefined, finishReason: undefined, reason: 'evicted' } },
    { event: { ...end, type: 'error', error: 'boom' }, checked: { ...end, type: 'error', order: undefined, delta: '', error: 'boom' } },
  ])('reads only the fields of its type from $event', ({ event, checked }) => {
    expect(readEvent(event)).toStrictEqual(checked);
  });

  it.each(malformedEvents)('rejects $title', ({ event }) => {
    expect(readEvent(event)).toBeUndefined();
  });

  it.each([
    { title: 'an order', event: { ...delta, order: null }, field: 'order' as const },
    { title: 'a text', event: { ...end, text: null }, field: 'text' as const },
  ])('treats $title that is null as absent', ({ event, field }) => {
    const checked = readEvent(event);
    expect(checked).toBeDefined();
    expect(checked?.[field]).toBeUndefined();
  });

  it.each([
    { event: { ...delta, order: [1] }, properties: ['type', 'kind', 'id', 'order', 'delta'] },
    {
      event: { ...end, text: 'x' },
      properties: ['type', 'kind', 'id', 'order', 'text', 'finishReason', 'reason'],
    },
    { event: { ...end, type: 'error' }, properties: ['type', 'kind', 'id', 'order', 'error'] },
  ])('reads each property of $event.type once, so that its value cannot change', ({ event, properties }) => {
    const { proxy, read } = recordReads(event);
    expect(readEvent(proxy)).toBeDefined();
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
