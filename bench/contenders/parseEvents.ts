import type { Contender } from '../contender.js';
import { type WireAnswer, wireBytes } from '../wireBytes.js';

const PREFIX = 'data: ';

/**
 * The least that every reader of such bytes does: decodes them, splits them at blank lines, and parses each `data:`.
 * It knows only LF, one line of data in an event, and the one space that all servers send.
 */
export default function parseEvents(answer: WireAnswer): Contender {
  const chunks = wireBytes(answer);
  return {
    run: () => {
      const decoder = new TextDecoder();
      let rest = '';
      let events = 0;
      for (const chunk of chunks) {
        const text = rest + decoder.decode(chunk, { stream: true });
        let start = 0;
        for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n', start)) {
          const message = text.slice(start, end);
          const data = message.slice(message.indexOf(PREFIX) + PREFIX.length);
          if (data !== '[DONE]' && typeof JSON.parse(data) === 'object') {
            events++;
          }
          start = end + 2;
        }
        rest = text.slice(start);
      }
      return { events };
    },
  };
}
