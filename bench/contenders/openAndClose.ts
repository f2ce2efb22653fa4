import { from } from 'rxjs';

import { consume, type Contender } from '../contender.js';
import { commitLines } from '../deltalines.js';
import { type Lives, livesOfStreams } from '../events.js';

/** Opens all streams with a delta, and then closes them in the same order. */
export default function openAndClose(lives: Lives): Contender {
  const events = livesOfStreams(lives);
  const options = lives.streams > 10_000 ? { maxStreams: lives.streams } : {};
  return {
    run: () => {
      const commits = { open: 0, line: 0, close: 0 };
      consume(from(events).pipe(commitLines(options)), ({ type }) => {
        if (type === 'open' || type === 'line' || type === 'close') {
          commits[type]++;
        }
      });
      return commits;
    },
  };
}
