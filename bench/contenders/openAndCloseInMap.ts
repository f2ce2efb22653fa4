import type { Contender } from '../contender.js';
import { type Lives, livesOfStreams } from '../events.js';

type Commit =
  | { readonly type: 'open' | 'close'; readonly kind: string; readonly id: string }
  | { readonly type: 'line'; readonly kind: string; readonly id: string; readonly text: string };

/** The same in a loop with Maps, which forgets what is closed. */
export default function openAndCloseInMap(lives: Lives): Contender {
  const events = livesOfStreams(lives);
  return {
    run: () => {
      const commits = { open: 0, line: 0, close: 0 };
      const emit = ({ type }: Commit) => {
        commits[type]++;
      };
      const kinds = new Map<string, Map<string, { text: string }>>();
      for (const event of events) {
        const { kind, id } = event;
        let tails = kinds.get(kind);
        if (tails === undefined) {
          tails = new Map();
          kinds.set(kind, tails);
        }
        const tail = tails.get(id);
        if (event.type === 'end') {
          if (tail !== undefined) {
            tails.delete(id);
            emit({ type: 'line', kind, id, text: tail.text });
            emit({ type: 'close', kind, id });
          }
        } else if (tail === undefined) {
          tails.set(id, { text: event.delta });
          emit({ type: 'open', kind, id });
        } else {
          tail.text += event.delta;
        }
      }
      return commits;
    },
  };
}
