import type { Awaitable, CommitLog } from './commitLog.js';
import { duration, formatValue, optionError } from '../rx/options.js';

/** A log, or a promise of one. */
export function logArgument<K extends string>(value: Awaitable<CommitLog<K>>): Awaitable<CommitLog<K>> {
  const isLog = (typeof value as unknown) === 'object' && (value as unknown) !== null;
  if (!isLog || !('then' in value || 'append' in value)) {
    throw new TypeError(`The log is ${formatValue(value)}, but must be a log or a promise of one`);
  }
  return value;
}

/** Like `duration`, but without `Infinity`. */
export function finiteDuration(name: string, value: unknown, fallback: number): number {
  if (value === Infinity) {
    throw optionError(name, value, 'milliseconds, more than 0 and at most 2147483647', true);
  }
  return duration(name, value, fallback);
}
