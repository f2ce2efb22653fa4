/** The methods of strings that read characters, with how many each may read. */
const costs: Readonly<Record<string, (text: string, args: readonly unknown[]) => number>> = {
  charCodeAt: () => 1,
  codePointAt: () => 1,
  includes: (text, [, from]) => text.length - Number(from ?? 0),
  indexOf: (text, [, from]) => text.length - Number(from ?? 0),
  slice: (text, [start, end]) => Number(end ?? text.length) - Number(start ?? 0),
  split: (text) => text.length,
  startsWith: (_, [search]) => String(search).length,
  endsWith: (_, [search]) => String(search).length,
  toLowerCase: (text) => text.length,
  trim: (text) => text.length,
  search: (text) => text.length,
  match: (text) => text.length,
  replace: (text) => text.length,
};

/** Counts the characters that code looks at, which no other load on the machine changes. */
export class WorkCounter {
  count(run: () => void): number {
    let work = 0;
    const prototype = String.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
    const originals = new Map<string, (...args: unknown[]) => unknown>();
    for (const [name, cost] of Object.entries(costs)) {
      const original = prototype[name];
      if (original !== undefined) {
        originals.set(name, original);
        prototype[name] = function (this: string, ...args: unknown[]) {
          work += cost(this, args);
          return original.apply(this, args);
        };
      }
    }
    try {
      run();
    } finally {
      for (const [name, original] of originals) {
        prototype[name] = original;
      }
    }
    return work;
  }
}
