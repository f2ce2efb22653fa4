import { from } from 'rxjs';

import { consume, type Contender, LineSink, type Use } from '../contender.js';
import { deltaEvents, type Traffic } from '../events.js';
import { type OpenLines, readDelta } from './bareLoop.js';

/** The bare loop as the subscriber of `from(events)`, which is where an operator gets its events from. */
export default function bareLoopBehindFrom(traffic: Traffic & Use): Contender {
  const events = deltaEvents(traffic);
  return {
    run: () => {
      const sink = new LineSink(traffic);
      const kinds: OpenLines = new Map();
      consume(from(events), (event) => readDelta(event, kinds, sink));
      return sink.outcome;
    },
  };
}
