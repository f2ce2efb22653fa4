const delta = { type: 'delta', kind: 'answer', id: 'a', delta: 'x' };
const end = { type: 'end', kind: 'answer', id: 'a' };

function throwingWhenRead(value: object, property: string): object {
  return Object.defineProperty(value, property, {
    get() {
      throw new Error('hands off');
    },
  });
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable(delta, {});
  revoke();
  return proxy;
}

/** Values that are not well-formed events. Most are close to an event of the stream `a` of the kind `answer`. */
export const malformedEvents: readonly { readonly title: string; readonly event: unknown }[] = [
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
  { title: 'an order that throws when read', event: { ...delta, order: throwingWhenRead([1], '0') } },
  { title: 'an order on an end that is no array', event: { ...end, order: 1 } },
  ...['type', 'kind', 'id', 'delta', 'order'].map((property) => ({
    title: `a delta whose ${property} throws when read`,
    event: throwingWhenRead({ ...delta }, property),
  })),
  ...['text', 'finishReason', 'reason'].map((property) => ({
    title: `an end whose ${property} throws when read`,
    event: throwingWhenRead({ ...end }, property),
  })),
  {
    title: 'an error whose error throws when read',
    event: throwingWhenRead({ ...end, type: 'error' }, 'error'),
  },
  { title: 'a revoked proxy', event: revokedProxy() },
];
