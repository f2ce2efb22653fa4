import { RandomNumbers } from './randomNumbers.js';

/** The random numbers of a seed. Throws if the seed is not a safe integer. */
export function randomNumbers(seed: unknown, purpose: string): RandomNumbers {
  const allowed = 'a whole number, as Number.isSafeInteger says';
  if (typeof seed !== 'number') {
    throw new TypeError(`The seed is ${formatValue(seed)}, but must be ${allowed}`);
  }
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`The seed is ${String(seed)}, but must be ${allowed}`);
  }
  return new RandomNumbers(seed, purpose);
}

export function checkList(name: string, value: unknown): void {
  if (!Array.isArray(value)) {
    throw new TypeError(`${name} is ${formatValue(value)}, but must be an array`);
  }
}

export function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`The options are ${formatValue(options)}, but must be an object`);
  }
}

/** A whole number from 0, or `Infinity`. */
export function countOption(name: string, value: unknown, fallback: number): number {
  const message = () =>
    `The option ${name} is ${formatValue(value)}, but must be a whole number from 0, or Infinity`;
  if (value === undefined) {
    return fallback;
  }
  if (typeof value !== 'number') {
    throw new TypeError(message());
  }
  if (!(value >= 0) || (!Number.isInteger(value) && value !== Infinity)) {
    throw new RangeError(message());
  }
  return value;
}

export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') {
    throw new TypeError(`The option ${name} is ${formatValue(value)}, but must be a function`);
  }
}

/** Formats a value for an error message. */
export function formatValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'an array' : 'an object';
    case 'function':
      return 'a function';
    default:
      return String(value);
  }
}
