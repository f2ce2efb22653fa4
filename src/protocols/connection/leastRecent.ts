/**
 * The most open streams, or parts of a conversation with open streams, that a reader remembers: the default of the
 * option `maxStreams` of `commitLines`. A reader deletes the others without ending them: the next delta continues a
 * stream that `commitLines` has not evicted, and reopens one that it has.
 */
export const MAX_STREAMS = 10_000;

/**
 * The most ended streams that a reader remembers: the default of the option `maxRemembered` of `commitLines`, so that
 * both recognize the same late events.
 */
export const MAX_REMEMBERED = 10_000;

/** The key of a stream in a map. No kind contains a space. */
export function keyOf(kind: string, name: string): string {
  return `${kind} ${name}`;
}

/** Sets an entry of a map with at most `most` entries. Returns the least recently set entry if it had to be evicted. */
export function setRecent<T>(entries: Map<string, T>, key: string, value: T, most: number): T | undefined {
  entries.delete(key);
  entries.set(key, value);
  if (entries.size <= most) {
    return undefined;
  }
  for (const [oldest, evicted] of entries) {
    entries.delete(oldest);
    return evicted;
  }
  return undefined;
}
