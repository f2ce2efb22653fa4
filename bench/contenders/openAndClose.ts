import { from } from 'rxjs';

import { consume, type Contender } from '../contender.js';
import { commitLines } from '../deltalines.js';
import { type Lives, livesOfStreams } from '../events.js';

/** The subscriber keeps all commits. */
export default function openAndClose(lives: Lives): Contender {
  const events = livesOfStreams(lives);
  const options = lives.streams > 10_000 ? { maxStreams: lives.streams } : {};
  return {
    run: () => {
      const commits: unknown[] = [];
      consume(from(events).pipe(commitLines(options)), (commit) => commits.push(commit));
      return { commits: commits.length };
    },
  };
}
