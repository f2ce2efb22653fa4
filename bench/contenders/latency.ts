import { mergeMap, Observable } from 'rxjs';
import { quantile } from 'simple-statistics';

import type { TextDeltaEvent } from '../../src/events.js';
import { consume, type Contender } from '../contender.js';
import { commitLines, groupStreams, scanLines } from '../deltalines.js';
import { deltaEvents, type Traffic } from '../events.js';
import { naivePipeline } from './naivePipeline.js';

/** The ways to get lines; each tells when it has one. */
const PIPELINES = {
  commitLines: (events: Observable<TextDeltaEvent>, onLine: () => void) => {
    consume(events.pipe(commitLines()), ({ type }) => {
      if (type === 'line') {
        onLine();
      }
    });
  },
  composedForm: (events: Observable<TextDeltaEvent>, onLine: () => void) => {
    consume(
      events.pipe(
        groupStreams(),
        mergeMap((stream) => stream.pipe(scanLines(stream.ref))),
      ),
      ({ type }) => {
        if (type === 'line') {
          onLine();
        }
      },
    );
  },
  naivePipeline: (events: Observable<TextDeltaEvent>, onLine: () => void) => {
    consume(events.pipe(naivePipeline()), onLine);
  },
};

/** Parts of all lines. */
export const SHARES = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999,
];

export interface LatencyTest extends Traffic {
  readonly pipeline: keyof typeof PIPELINES;
}

/** The nanoseconds from the arrival of a line's LF to its commit that these parts of the lines stay below. */
export default function latency({ pipeline, ...traffic }: LatencyTest): Contender {
  const events = deltaEvents(traffic);
  return {
    run: () => {
      measure(pipeline, events);
      const latencies = measure(pipeline, events);
      const limits = quantile(latencies, SHARES);
      return Object.fromEntries(SHARES.map((share, number) => [share, (limits[number] ?? NaN) * 1e6]));
    },
  };
}

/** The milliseconds for each line. */
function measure(pipeline: LatencyTest['pipeline'], events: readonly TextDeltaEvent[]): number[] {
  const latencies: number[] = [];
  const reading = costOfReadingTheClock();
  let arrival = 0;
  const source = new Observable<TextDeltaEvent>((subscriber) => {
    for (const event of events) {
      if (event.delta.includes('\n')) {
        arrival = performance.now();
      }
      subscriber.next(event);
    }
    subscriber.complete();
  });
  PIPELINES[pipeline](source, () => {
    latencies.push(Math.max(0, performance.now() - arrival - reading));
  });
  return latencies;
}

function costOfReadingTheClock(): number {
  return quantile(
    Array.from({ length: 10_000 }, () => -performance.now() + performance.now()),
    0.5,
  );
}
