import { from } from 'rxjs';

import { type CommitsOfStreams, commitsOfStreams } from '../commitsOfStreams.js';
import { consume, type Contender } from '../contender.js';

/** The least that a log does: to keep an object for each commit, in order. */
export default function pushToArray(size: CommitsOfStreams): Contender {
  const commits = commitsOfStreams(size);
  return {
    run: () => {
      const entries: object[] = [];
      consume(from(commits), (commit) => {
        entries.push({ position: String(entries.length), commit });
      });
      return { stored: entries.length };
    },
  };
}
