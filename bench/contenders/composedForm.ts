import { from, mergeMap } from 'rxjs';

import { type Contender, countLines, type Use } from '../contender.js';
import { groupStreams, scanLines } from '../deltalines.js';
import { deltaEvents, type Traffic } from '../events.js';

/** `commitLines()` in two operators, as someone writes it who does more with each stream. */
export default function composedForm(traffic: Traffic & Use): Contender {
  const events = deltaEvents(traffic);
  const options = traffic.streams > 10_000 ? { maxStreams: traffic.streams } : {};
  return {
    run: () =>
      countLines(
        from(events).pipe(
          groupStreams(options),
          mergeMap((stream) => stream.pipe(scanLines(stream.ref, options))),
        ),
        traffic,
      ),
  };
}
