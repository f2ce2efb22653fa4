import { from } from 'rxjs';

import { consume, type Contender } from '../contender.js';
import { scanJSON } from '../deltalinesJSON.js';
import { contentLength, jsonDeltas } from '../jsonText.js';

/** A partial value for each delta, which is what the parsers that begin again give. */
export default function scanJSONContender({ characters }: { readonly characters: number }): Contender {
  const events = jsonDeltas(characters);
  return {
    run: () => {
      let read = 0;
      consume(from(events).pipe(scanJSON({ partial: true, pointers: [] })), (commit) => {
        if (commit.type === 'partial') {
          read = contentLength(commit.value);
        }
      });
      return { characters: read };
    },
  };
}
