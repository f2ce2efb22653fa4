import { formatValue } from '../rx/options.js';
import { RandomNumbers } from './randomNumbers.js';

/** The random numbers of a seed. Throws if the seed is not a safe integer. */
export function randomNumbers(seed: unknown, purpose: string): RandomNumbers {
  const message = `The seed is ${formatValue(seed)}, but must be a safe integer`;
  if (typeof seed !== 'number') {
    throw new TypeError(message);
  }
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(message);
  }
  return new RandomNumbers(seed, purpose);
}

export function checkList(name: string, value: unknown): void {
  if (!Array.isArray(value)) {
    throw new TypeError(`${name} is ${formatValue(value)}, but must be an array`);
  }
}
