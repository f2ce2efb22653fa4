/** Sets an entry of a map that holds so many at most, and returns the one that was set the longest ago if it is one more. */
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
