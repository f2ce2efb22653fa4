import type { TextDeltaEvent } from '../../src/events.js';
import { type Contender, LineReader } from '../contender.js';
import { deltaEvents, type Traffic } from '../events.js';

interface Line {
  readonly kind: string;
  readonly id: string;
  readonly text: string;
}

/** The least that tells streams apart and finds their lines. It knows no CR, no bounds, no end and no bad event. */
export class BareLoop {
  private readonly kinds = new Map<string, Map<string, string>>();
  private readonly emit: (line: Line) => void;

  constructor(emit: (line: Line) => void) {
    this.emit = emit;
  }

  next({ kind, id, delta }: TextDeltaEvent): void {
    let ids = this.kinds.get(kind);
    if (ids === undefined) {
      ids = new Map();
      this.kinds.set(kind, ids);
    }
    let tail = ids.get(id) ?? '';
    let start = 0;
    let lineFeed = delta.indexOf('\n');
    while (lineFeed !== -1) {
      this.emit({ kind, id, text: tail + delta.slice(start, lineFeed) });
      tail = '';
      start = lineFeed + 1;
      lineFeed = delta.indexOf('\n', start);
    }
    ids.set(id, start === 0 ? tail + delta : delta.slice(start));
  }

  complete(): void {
    for (const [kind, ids] of this.kinds) {
      for (const [id, text] of ids) {
        if (text !== '') {
          this.emit({ kind, id, text });
        }
      }
    }
  }
}

/** A plain `for` over an array. */
export default function bareLoop(traffic: Traffic): Contender {
  const events = deltaEvents(traffic);
  return {
    run: () => {
      const reader = new LineReader();
      const loop = new BareLoop(({ text }) => reader.read(text));
      for (const event of events) {
        loop.next(event);
      }
      loop.complete();
      return reader.outcome;
    },
  };
}
