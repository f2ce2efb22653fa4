import { from } from 'rxjs';

import { consume, type Contender } from '../contender.js';
import { commitLines } from '../deltalines.js';
import { deltaEvents } from '../events.js';

/** One line that never ends; it is committed in parts of the default length. */
export default function unfinishedLine({ deltas }: { readonly deltas: number }): Contender {
  const events = deltaEvents({ streams: 1, deltas, lineLength: Infinity });
  return {
    run: () => {
      let characters = 0;
      let lastCharacters = 0;
      consume(from(events).pipe(commitLines()), (commit) => {
        if (commit.type === 'line') {
          characters += commit.text.length;
          lastCharacters += commit.text.charCodeAt(commit.text.length - 1);
        }
      });
      return { characters, lastCharacters };
    },
  };
}
