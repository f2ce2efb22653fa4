import { from } from 'rxjs';

import { consume, type Contender, LineSink, type Use } from '../contender.js';
import { deltaEvents, type Traffic } from '../events.js';
import { BareLoop } from './bareLoop.js';

/** The bare loop as the subscriber of `from(events)`, which is where an operator gets its events from. */
export default function bareLoopBehindFrom(traffic: Traffic & Use): Contender {
  const events = deltaEvents(traffic);
  return {
    run: () => {
      const sink = new LineSink(traffic);
      const loop = new BareLoop(sink);
      consume(from(events), (event) => loop.next(event));
      return sink.outcome;
    },
  };
}
