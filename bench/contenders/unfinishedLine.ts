import { from } from 'rxjs';

import { type Contender, readLines } from '../contender.js';
import { commitLines } from '../deltalines.js';
import { deltaEvents } from '../events.js';

/** One line that never ends; it is committed in parts of the default length. */
export default function unfinishedLine({ deltas }: { readonly deltas: number }): Contender {
  const events = deltaEvents({ streams: 1, deltas, lineLength: Infinity });
  return { run: () => readLines(from(events).pipe(commitLines())) };
}
