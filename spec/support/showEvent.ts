import { from, map, type OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../src/index.js';
import { collect } from './collect.js';

/** An event in a few words, for example `delta answer 1/0 hello`. */
export function showEvent(event: DeltaEvent): string {
  const stream = `${event.type} ${event.kind} ${event.id}`;
  switch (event.type) {
    case 'start':
      return stream;
    case 'delta':
      return `${stream} ${event.delta}`;
    case 'end': {
      const end = event.text === undefined ? stream : `${stream} = ${event.text}`;
      return event.finishReason === undefined ? end : `${end} [${event.finishReason}]`;
    }
    case 'error':
      return `${stream} ${JSON.stringify(event.error)}`;
  }
}

/** What an operator makes of the events of a producer, in words. */
export function readInWords(
  events: readonly unknown[],
  operator: OperatorFunction<unknown, DeltaEvent>,
): Promise<readonly string[]> {
  return collect(from(events).pipe(operator, map(showEvent)));
}
