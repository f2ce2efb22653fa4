import { from, map, type OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../src/index.js';
import { collect } from './collect.js';

/** Formats an event, for example `delta answer 1/0 hello`. */
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

/** Formats an event with its finish reason, for example `end answer 1/0 [stop]`. */
export function showEventWithReason(event: DeltaEvent): string {
  const shown = showEvent(event);
  return event.type === 'end' && event.finishReason !== undefined
    ? `${shown} [${event.finishReason}]`
    : shown;
}

/** The formatted output of an operator for the events of a producer. */
export function readAsText(
  events: readonly unknown[],
  operator: OperatorFunction<unknown, DeltaEvent>,
): Promise<readonly string[]> {
  return collect(from(events).pipe(operator, map(showEvent)));
}

/** The same with finish reasons. */
export function readWithReasons(
  events: readonly unknown[],
  operator: OperatorFunction<unknown, DeltaEvent>,
): Promise<readonly string[]> {
  return collect(from(events).pipe(operator, map(showEventWithReason)));
}
