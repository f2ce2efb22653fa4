/** The error of an operator that reads chunks of one type and was given another. */
export function chunkError(operator: string, expected: string, chunk: unknown): TypeError {
  const found = Object.prototype.toString.call(chunk).slice('[object '.length, -1);
  return new TypeError(`${operator} reads ${expected}, but was given a value of type ${found}`);
}
