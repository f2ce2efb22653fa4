/** A proxy of an event, and its properties in the order in which they were read. */
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
