import { from } from 'rxjs';

import { consume, type Contender, LineReader } from '../contender.js';
import { deltaEvents, type Traffic } from '../events.js';
import { BareLoop } from './bareLoop.js';

/** The bare loop as the subscriber of `from(events)`, which is where an operator gets its events from. */
export default function bareLoopBehindFrom(traffic: Traffic): Contender {
  const events = deltaEvents(traffic);
  return {
    run: () => {
      const reader = new LineReader();
      const loop = new BareLoop(({ text }) => reader.read(text));
      consume(from(events), (event) => loop.next(event));
      loop.complete();
      return reader.outcome;
    },
  };
}
