import { from } from 'rxjs';

import { type Contender, countLines, type Use } from '../contender.js';
import { commitLines } from '../deltalines.js';
import { deltaEvents, type Traffic } from '../events.js';

/** The operator with its default options; only `maxStreams` is raised for traffic that has more. */
export default function commitLinesContender(traffic: Traffic & Use): Contender {
  const events = deltaEvents(traffic);
  const options = traffic.streams > 10_000 ? { maxStreams: traffic.streams } : {};
  return { run: () => countLines(from(events).pipe(commitLines(options)), traffic) };
}
