import { debounceTime, from, groupBy, mergeMap, type Observable, type OperatorFunction, scan } from 'rxjs';

import type { TextDeltaEvent } from '../../src/events.js';
import { type Contender, countLines, type Use } from '../contender.js';
import { deltaEvents, type Traffic } from '../events.js';

interface Line {
  readonly type: 'line';
  readonly kind: string;
  readonly id: string;
  readonly index: number;
  readonly text: string;
  readonly eol: '\n';
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
          lines: texts.map((text, number): Line => ({
            type: 'line',
            kind,
            id,
            index: index + number,
            text,
            eol: '\n',
          })),
        };
      }, start),
      mergeMap(({ lines }) => lines),
    );
}

/** Its last line is lost where it has no LF. */
export default function naivePipelineContender(traffic: Traffic & Use): Contender {
  const events = deltaEvents(traffic);
  return { run: () => countLines(from(events).pipe(naivePipeline()), traffic) };
}
