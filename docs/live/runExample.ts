import { type DeltaEvent } from '../../src/index.js';
import { Observable, VirtualTimeScheduler } from 'rxjs';

import { examples } from './examples.js';
import { type FieldValues, readOptions } from './fields.js';
import { readInput, type TimedEvent } from './input.js';
import type { Result } from './results.js';

/** A result, and the milliseconds from the beginning until it was emitted. */
export interface TimedResult extends Result {
  readonly time: number;
}

export interface Run {
  readonly code: string;
  readonly results: readonly TimedResult[];
  /** The results that are left out because there are too many. */
  readonly omitted: number;
}

const MAX_RESULTS = 200;

/**
 * Runs the example of a page in virtual time.
 *
 * @throws What reading the input or creating the operators throws.
 */
export function runExample(name: string, text: string, values: FieldValues): Run {
  const example = examples[name];
  if (example === undefined) {
    throw new Error(`There must be an example ${name}`);
  }
  const options = readOptions(example.fields, values);
  const { events, duration } = readInput(text);
  const scheduler = new VirtualTimeScheduler();
  const results: TimedResult[] = [];
  let omitted = 0;
  const show = (result: Result) => {
    if (results.length < MAX_RESULTS) {
      results.push({ time: scheduler.now(), ...result });
    } else {
      omitted++;
    }
  };
  const source = (kind?: string) =>
    kind === undefined
      ? play(events, duration, scheduler)
      : play(
          events.filter(({ event }) => event.kind === kind),
          undefined,
          scheduler,
        );
  example.run({ options, scheduler, source, show }).subscribe({
    next: show,
    error: (error: unknown) => show({ type: 'error', stream: '', value: String(error) }),
  });
  scheduler.flush();
  return { code: example.code(options), results, omitted };
}

/** Emits each event at its time, and completes at the end or with the last event. */
function play(
  events: readonly TimedEvent[],
  end: number | undefined,
  scheduler: VirtualTimeScheduler,
): Observable<DeltaEvent> {
  return new Observable((subscriber) => {
    for (const { time, event } of events) {
      subscriber.add(scheduler.schedule(() => subscriber.next(event), time));
    }
    subscriber.add(scheduler.schedule(() => subscriber.complete(), end ?? events.at(-1)?.time ?? 0));
  });
}
