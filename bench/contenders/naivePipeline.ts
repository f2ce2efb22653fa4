import { debounceTime, from, groupBy, mergeMap, type Observable, type OperatorFunction, scan } from 'rxjs';

import type { TextDeltaEvent } from '../../src/events.js';
import { consume, type Contender, LineReader } from '../contender.js';
import { deltaEvents, type Traffic } from '../events.js';

interface Line {
  readonly kind: string;
  readonly id: string;
  readonly index: number;
  readonly text: string;
}

interface State {
  readonly tail: string;
  readonly index: number;
  readonly lines: readonly Line[];
}

/** What people write first: a group for each stream, forgotten when it has been silent for long enough. */
export function naivePipeline(): OperatorFunction<TextDeltaEvent, Line> {
  return (events) =>
    events.pipe(
      groupBy(({ kind, id }) => `${kind}:${id}`, {
        duration: (group) => group.pipe(debounceTime(300_000)),
      }),
      mergeMap((group) => group.pipe(scanLines())),
    );
}

function scanLines(): OperatorFunction<TextDeltaEvent, Line> {
  const start: State = { tail: '', index: 0, lines: [] };
  return (deltas: Observable<TextDeltaEvent>) =>
    deltas.pipe(
      scan(({ tail, index }, { kind, id, delta }) => {
        const texts = (tail + delta).split('\n');
        return {
          tail: texts.pop() ?? '',
          index: index + texts.length,
          lines: texts.map((text, number) => ({ kind, id, index: index + number, text })),
        };
      }, start),
      mergeMap(({ lines }) => lines),
    );
}

/** Its last line is lost where it has no LF. */
export default function naivePipelineContender(traffic: Traffic): Contender {
  const events = deltaEvents(traffic);
  return {
    run: () => {
      const reader = new LineReader();
      consume(from(events).pipe(naivePipeline()), ({ text }) => reader.read(text));
      return reader.outcome;
    },
  };
}
