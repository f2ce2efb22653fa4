/**
 * Seeded pseudo-random numbers, the same on every platform.
 *
 * A 32-bit counter is incremented by the odd number next to 2³² divided by the golden ratio, so that it takes every
 * value once in 2³² steps. Shifts and multiplications mix it (the finalizer of `splitmix32`). This is 32-bit integer
 * arithmetic, except for the division in {@link RandomNumbers.fraction}, which is exact.
 */
export class RandomNumbers {
  #counter: number;

  /**
   * @param seed A safe integer. All its bits are used.
   * @param purpose Makes functions with the same seed use different numbers.
   */
  constructor(seed: number, purpose: string) {
    const high = Math.floor(seed / 2 ** 32);
    this.#counter = mix(seed ^ mix(high));
    for (let index = 0; index < purpose.length; index++) {
      this.#counter = mix(this.#counter ^ purpose.charCodeAt(index));
    }
  }

  /** From 0 to below 1, in steps of 2⁻³². */
  fraction(): number {
    this.#counter = (this.#counter + 0x9e3779b9) | 0;
    return (mix(this.#counter) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** Returns `count` of the whole numbers below `limit`, or all of them. All sets are equally likely. */
  choose(count: number, limit: number): ReadonlySet<number> {
    const chosen = new Set<number>();
    for (let number = 0; number < limit && chosen.size < count; number++) {
      if (this.below(limit - number) < count - chosen.size) {
        chosen.add(number);
      }
    }
    return chosen;
  }
}

/** Mixes the 32 bits of a number. A bijection. */
function mix(number: number): number {
  let bits = number | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return bits ^ (bits >>> 15);
}
