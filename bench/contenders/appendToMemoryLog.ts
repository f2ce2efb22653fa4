import { from } from 'rxjs';

import { type CommitsOfStreams, commitsOfStreams } from '../commitsOfStreams.js';
import { consume, type Contender } from '../contender.js';
import { appendCommits, memoryLog } from '../deltalinesLog.js';

/** A log with room for all of it, as for a conversation, and an output that is looked at. */
export default function appendToMemoryLog(size: CommitsOfStreams): Contender {
  const commits = commitsOfStreams(size);
  return {
    run: () => {
      let stored = 0;
      consume(from(commits).pipe(appendCommits(memoryLog())), (appended) => {
        stored += appended.type === 'entry' ? 1 : 0;
      });
      return { stored };
    },
  };
}
