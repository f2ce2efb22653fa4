import { from } from 'rxjs';

import { consume, type Contender } from '../contender.js';
import { splitJSON } from '../deltalinesJSON.js';
import { jsonDeltas } from '../jsonText.js';

/** Every piece of the file is read. */
export default function splitJSONContender({ characters }: { readonly characters: number }): Contender {
  const events = jsonDeltas(characters);
  return {
    run: () => {
      let read = 0;
      consume(from(events).pipe(splitJSON()), (event) => {
        if (event.type === 'delta' && event.id.endsWith('/content')) {
          read += event.delta.length;
        }
      });
      return { characters: read };
    },
  };
}
