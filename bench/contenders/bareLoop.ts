import type { TextDeltaEvent } from '../../src/events.js';
import { type Contender, LineSink, type Use } from '../contender.js';
import { deltaEvents, type Traffic } from '../events.js';

interface Line {
  readonly type: 'line';
  readonly kind: string;
  readonly id: string;
  readonly index: number;
  readonly text: string;
  readonly eol: '\n';
}

/** The unfinished line of a stream, and how many it has had before. */
interface OpenLine {
  tail: string;
  index: number;
}

/**
 * The least that separates streams and finds their lines: one mutable object a stream. It has no CR, no bounds, no end
 * of a stream and no malformed event, and it does not commit what is unfinished.
 */
export class BareLoop {
  private readonly kinds = new Map<string, Map<string, OpenLine>>();
  private readonly sink: LineSink;

  constructor(sink: LineSink) {
    this.sink = sink;
  }

  next({ kind, id, delta }: TextDeltaEvent): void {
    const open = this.lineOf(kind, id);
    let lineFeed = delta.indexOf('\n');
    if (lineFeed === -1) {
      open.tail += delta;
      return;
    }
    let start = 0;
    do {
      const text = open.tail + delta.slice(start, lineFeed);
      const line: Line = { type: 'line', kind, id, index: open.index++, text, eol: '\n' };
      this.sink.next(line);
      open.tail = '';
      start = lineFeed + 1;
      lineFeed = delta.indexOf('\n', start);
    } while (lineFeed !== -1);
    open.tail = delta.slice(start);
  }

  private lineOf(kind: string, id: string): OpenLine {
    let ids = this.kinds.get(kind);
    if (ids === undefined) {
      ids = new Map();
      this.kinds.set(kind, ids);
    }
    let line = ids.get(id);
    if (line === undefined) {
      line = { tail: '', index: 0 };
      ids.set(id, line);
    }
    return line;
  }
}

/** A plain `for` over an array. */
export default function bareLoop(traffic: Traffic & Use): Contender {
  const events = deltaEvents(traffic);
  return {
    run: () => {
      const sink = new LineSink(traffic);
      const loop = new BareLoop(sink);
      for (const event of events) {
        loop.next(event);
      }
      return sink.outcome;
    },
  };
}
