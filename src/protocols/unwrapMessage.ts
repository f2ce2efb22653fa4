import { readField } from './fields.js';
import { parseJSON } from './parseJSON.js';

/**
 * Returns the event inside a server-sent message, `{ data: '{"type":…}' }`, and any other value as it is.
 *
 * Messages that are not meant to be JSON, such as `[DONE]`, hold no event: `undefined`. Those that begin like an object
 * are, so a broken one throws a `SyntaxError`: going on would lose text in silence.
 */
export function unwrapMessage(value: unknown, number: number): unknown {
  const data = readField(value, 'data');
  if (typeof data !== 'string') {
    return value;
  }
  return /^\s*\{/.test(data) ? parseJSON(data, `The data of event ${number}`) : undefined;
}
