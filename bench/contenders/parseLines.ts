import { createReadStream } from 'node:fs';

import type { DeltaEvent } from '../../src/events.js';
import type { Contender } from '../contender.js';
import { jsonLinesFile, type Recording } from '../jsonLinesFile.js';

/** A bare `JSON.parse` for each line of a file. */
export default function parseLines(recording: Recording): Contender {
  const file = jsonLinesFile(recording);
  return {
    isAsync: true,
    run: async () => {
      let deltas = 0;
      let tail = '';
      for await (const chunk of createReadStream(file, 'utf8') as AsyncIterable<string>) {
        const text = tail + chunk;
        let start = 0;
        let lineFeed = text.indexOf('\n');
        while (lineFeed !== -1) {
          const event = JSON.parse(text.slice(start, lineFeed)) as DeltaEvent;
          deltas += event.type === 'delta' ? 1 : 0;
          start = lineFeed + 1;
          lineFeed = text.indexOf('\n', start);
        }
        tail = text.slice(start);
      }
      return { deltas };
    },
  };
}
