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
    case 'end':
      return event.text === undefined ? stream : `${stream} = ${event.text}`;
    case 'error':
      return `${stream} ${JSON.stringify(event.error)}`;
  }
}

/** The same with the producer's own word for why it ended the stream, for example `end answer 1/0 [stop]`. */
export function showEventWithReason(event: DeltaEvent): string {
  const shown = showEvent(event);
  return event.type === 'end' && event.finishReason !== undefined
    ? `${shown} [${event.finishReason}]`
    : shown;
}

/** What an operator makes of the events of a producer, in words. */
export function readInWords(
  events: readonly unknown[],
  operator: OperatorFunction<unknown, DeltaEvent>,
): Promise<readonly string[]> {
  return collect(from(events).pipe(operator, map(showEvent)));
}

/** The same with the reasons of the ends. */
export function readWithReasons(
  events: readonly unknown[],
  operator: OperatorFunction<unknown, DeltaEvent>,
): Promise<readonly string[]> {
  return collect(from(events).pipe(operator, map(showEventWithReason)));
}
