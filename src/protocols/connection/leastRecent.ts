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
