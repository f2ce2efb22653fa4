import { readField } from './fields.js';

/**
 * Returns the event inside a server-sent message, `{ data: '{"type":…}' }`, and any other value as it is.
 *
 * Messages that are not meant to be JSON, such as `[DONE]`, hold no event: `undefined`. Those that begin like an object
 * are, so a broken one throws a `SyntaxError`.
 */
export function unwrapMessage(value: unknown): unknown {
  const data = readField(value, 'data');
  if (typeof data !== 'string') {
    return value;
  }
  const event: unknown = /^\s*\{/.test(data) ? JSON.parse(data) : undefined;
  return event;
}
