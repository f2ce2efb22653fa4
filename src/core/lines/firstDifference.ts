/** The first line of `text` that differs from `other`, and where it begins. */
export function firstDifference(text: string, other: string): { index: number; position: number } {
  let length = 0;
  while (length < text.length && text.charCodeAt(length) === other.charCodeAt(length)) {
    length++;
  }
  const lines = text.slice(0, length).split('\n');
  const index = lines.length - 1;
  return { index, position: length - (lines[index] ?? '').length };
}
