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

/** By kind and id. */
export type OpenLines = Map<string, Map<string, OpenLine>>;

/**
 * The least that separates streams and finds their lines: one mutable object a stream. It has no CR, no bounds, no end
 * of a stream and no malformed event, and it does not commit what is unfinished.
 */
export function readDelta(event: TextDeltaEvent, kinds: OpenLines, sink: LineSink): void {
  let ids = kinds.get(event.kind);
  if (ids === undefined) {
    ids = new Map();
    kinds.set(event.kind, ids);
  }
  let line = ids.get(event.id);
  if (line === undefined) {
    line = { tail: '', index: 0 };
    ids.set(event.id, line);
  }
  const { delta } = event;
  let lineFeed = delta.indexOf('\n');
  if (lineFeed === -1) {
    line.tail += delta;
    return;
  }
  let start = 0;
  do {
    const text = line.tail + delta.slice(start, lineFeed);
    const commit: Line = {
      type: 'line',
      kind: event.kind,
      id: event.id,
      index: line.index++,
      text,
      eol: '\n',
    };
    sink.next(commit);
    line.tail = '';
    start = lineFeed + 1;
    lineFeed = delta.indexOf('\n', start);
  } while (lineFeed !== -1);
  line.tail = delta.slice(start);
}

/** A plain `for` over an array. */
export default function bareLoop(traffic: Traffic & Use): Contender {
  const events = deltaEvents(traffic);
  return {
    run: () => {
      const sink = new LineSink(traffic);
      const kinds: OpenLines = new Map();
      for (const event of events) {
        readDelta(event, kinds, sink);
      }
      return sink.outcome;
    },
  };
}
