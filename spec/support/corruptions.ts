/** Invalid values for a field. */
export const wrongValues: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  NaN,
  2 ** 53,
  5n,
  '',
  '__proto__',
  Symbol('x'),
  () => 'x',
  [],
  [null, 5, 'x', [], {}],
  {},
  Object.create(null),
  new Proxy(
    {},
    {
      get: () => {
        throw new Error('boom');
      },
    },
  ),
  revokedArray(),
];

function revokedArray(): unknown {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}

export function replaceAt(list: readonly unknown[], index: number, element: unknown): readonly unknown[] {
  return [...list.slice(0, index), element, ...list.slice(index + 1)];
}

/** The value with each of its fields, at any depth, replaced by an invalid value, or by a getter that throws. */
export function* corruptions(value: unknown): Generator {
  yield* wrongValues;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    for (const [index, element] of list.entries()) {
      for (const corrupted of corruptions(element)) {
        yield replaceAt(list, index, corrupted);
      }
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, field] of Object.entries(value)) {
      yield Object.defineProperty({ ...value }, name, {
        get: () => {
          throw new Error('boom');
        },
      });
      for (const corrupted of corruptions(field)) {
        yield { ...value, [name]: corrupted };
      }
    }
  }
}
