import type { Contender } from '../contender.js';
import { type Lives, livesOfStreams } from '../events.js';

/** The same in a loop with a `Map` of the ids, which forgets what is closed. */
export default function openAndCloseInMap(lives: Lives): Contender {
  const events = livesOfStreams(lives);
  return {
    run: () => {
      const commits: unknown[] = [];
      const streams = new Map<string, { tail: string; index: number }>();
      for (const event of events) {
        const { id } = event;
        if (event.type === 'end') {
          streams.delete(id);
          commits.push({ type: 'close', id });
          continue;
        }
        let stream = streams.get(id);
        if (stream === undefined) {
          stream = { tail: '', index: 0 };
          streams.set(id, stream);
          commits.push({ type: 'open', id });
        }
        const lineFeed = event.delta.indexOf('\n');
        const text = stream.tail + event.delta.slice(0, lineFeed);
        commits.push({ type: 'line', id, index: stream.index++, text });
        stream.tail = event.delta.slice(lineFeed + 1);
      }
      return { commits: commits.length };
    },
  };
}
