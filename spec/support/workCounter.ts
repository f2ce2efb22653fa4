type Method = (...args: unknown[]) => unknown;

/** The methods of strings that read characters, and how many each may read. */
const costs: Readonly<Record<string, (text: string, args: readonly unknown[]) => number>> = {
  at: () => 1,
  charAt: () => 1,
  charCodeAt: () => 1,
  codePointAt: () => 1,
  includes: (text, [, from]) => text.length - Number(from ?? 0),
  indexOf: (text, [, from]) => text.length - Number(from ?? 0),
  lastIndexOf: (text) => text.length,
  slice: (text, [start, end]) => Number(end ?? text.length) - Number(start ?? 0),
  substring: (text, [start, end]) => Number(end ?? text.length) - Number(start ?? 0),
  split: (text) => text.length,
  startsWith: (_, [search]) => String(search).length,
  endsWith: (_, [search]) => String(search).length,
  toLowerCase: (text) => text.length,
  toUpperCase: (text) => text.length,
  trim: (text) => text.length,
  trimStart: (text) => text.length,
  trimEnd: (text) => text.length,
  search: (text) => text.length,
  match: (text) => text.length,
  matchAll: (text) => text.length,
  replace: (text) => text.length,
  replaceAll: (text) => text.length,
};

/** Counts the characters that code reads, which is independent of the load on the machine. */
export class WorkCounter {
  private work = 0;
  /** The lengths of the texts that were read. */
  private lengths = new Set<number>();

  count(run: () => void): number {
    this.work = 0;
    this.lengths = new Set();
    const restore = [
      ...Object.entries(costs).map(([name, cost]) =>
        intercept(String.prototype, name, (self, args) => {
          const text = String(self);
          this.addText(text);
          this.work += cost(text, args);
        }),
      ),
      // All methods of regular expressions call it, and so do the methods of strings that take one.
      intercept(RegExp.prototype, 'exec', (self, [text]) => {
        const { global, sticky, lastIndex } = self as RegExp;
        this.addText(String(text));
        this.work += String(text).length - (global || sticky ? lastIndex : 0);
      }),
    ];
    try {
      run();
    } finally {
      restore.forEach((each) => {
        each();
      });
    }
    return this.work;
  }

  /**
   * An engine copies a concatenated text when it is first read. A program cannot detect such a text, so the first text
   * of each length counts: a text that is read after each growth costs its length each time.
   */
  private addText({ length }: string): void {
    if (!this.lengths.has(length)) {
      this.lengths.add(length);
      this.work += length;
    }
  }
}

/** Calls `before` before each call of a method. Returns a function that undoes this. */
function intercept(
  prototype: object,
  name: string,
  before: (self: unknown, args: readonly unknown[]) => void,
): () => void {
  const original = Reflect.get(prototype, name) as Method;
  Reflect.set(prototype, name, function (this: unknown, ...args: unknown[]) {
    before(this, args);
    return Reflect.apply(original, this, args);
  });
  return () => {
    Reflect.set(prototype, name, original);
  };
}
