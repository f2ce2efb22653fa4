import type { Awaitable, CommitLog } from '../core/log/commitLog.js';
import { formatValue } from '../rx/options.js';

/** A log, or a promise of one. */
export function logArgument<K extends string>(value: Awaitable<CommitLog<K>>): Awaitable<CommitLog<K>> {
  const isLog = (typeof value as unknown) === 'object' && (value as unknown) !== null;
  if (!isLog || !('then' in value || 'append' in value)) {
    throw new TypeError(`The log is ${formatValue(value)}, but must be a log or a promise of one`);
  }
  return value;
}
