import { type OperatorFunction, Subject, Subscription } from 'rxjs';

import { heapUsed } from '../../spec/support/heapUsed.js';
import type { DeltaEvent } from '../../src/events.js';
import type { Contender, Outcome } from '../contender.js';
import { commitLines } from '../deltalines.js';

export interface Heap {
  readonly streams: number;
}

/** The bytes that an open stream takes, without its id and its text. */
export default function openStreamHeap(heap: Heap): Contender {
  const operator = commitLines({ maxStreams: heap.streams });
  return {
    run: () => heapPerStream(heap, operator, (id) => [{ type: 'delta', kind: 'answer', id, delta: 'hello' }]),
  };
}

/** So many streams that everything else is too small to matter. */
const LEAST_STREAMS = 20_000;

/** The bytes that an operator holds for each stream after the events of that stream. */
export function heapPerStream<E extends DeltaEvent>(
  { streams }: Heap,
  operator: OperatorFunction<E, unknown>,
  eventsOf: (id: string) => readonly E[],
): Outcome {
  const ids = Array.from({ length: streams }, (_, number) => `msg_${number}`);
  const subscriptions = Math.ceil(LEAST_STREAMS / streams);
  const hold = () => {
    const all = new Subscription();
    for (let number = 0; number < subscriptions; number++) {
      const source = new Subject<E>();
      all.add(source.pipe(operator).subscribe());
      for (const id of ids) {
        for (const event of eventsOf(id)) {
          source.next(event);
        }
      }
    }
    return all;
  };
  // What the first run leaves behind, such as machine code, is not counted.
  hold().unsubscribe();
  const before = heapUsed();
  const held = hold();
  const after = heapUsed();
  held.unsubscribe();
  return { size: (after - before) / (subscriptions * streams) };
}
