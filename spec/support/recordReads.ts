/** A proxy of an event, and the properties that were read of it, in that order. */
export function recordReads<T extends object>(event: T) {
  const read: PropertyKey[] = [];
  const proxy = new Proxy(event, {
    get(target, property, receiver) {
      read.push(property);
      return Reflect.get(target, property, receiver) as unknown;
    },
  });
  return { proxy, read };
}
