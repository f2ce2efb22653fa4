/** All strings that an object holds. */
export function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** All arrays that an object holds, each before those that it holds itself. */
export function arraysIn(value: unknown): readonly (readonly unknown[])[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const inner = Object.values(value).flatMap(arraysIn);
  return Array.isArray(value) ? [value, ...inner] : inner;
}
