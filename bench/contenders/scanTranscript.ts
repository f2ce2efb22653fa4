import { Observable, VirtualTimeScheduler } from 'rxjs';

import type { Commit } from '../../src/commits.js';
import { consume, type Contender } from '../contender.js';
import { scanTranscript } from '../deltalines.js';

export interface Log {
  readonly lines: number;
  /** The milliseconds from one line to the next. */
  readonly interval: number;
}

/** A transcript at most ten times a second. */
const EVERY = 100;

/** The lines of one stream, each by itself, in a time that is not the one that is measured. */
export default function scanTranscriptContender({ lines, interval }: Log): Contender {
  const stream = { kind: 'log', id: 'build', generation: 0 };
  const commits: Commit[] = Array.from({ length: lines }, (_, index) => ({
    type: 'line',
    stream,
    index,
    text: `line ${index}`,
    eol: '\n',
  }));
  return {
    run: () => {
      const scheduler = new VirtualTimeScheduler(undefined, 0);
      let transcripts = 0;
      let lastLines = 0;
      const source = new Observable<Commit>((subscriber) => {
        for (const commit of commits) {
          scheduler.maxFrames += interval;
          scheduler.flush();
          scheduler.frame = scheduler.maxFrames;
          subscriber.next(commit);
        }
        subscriber.complete();
      });
      consume(source.pipe(scanTranscript({ every: EVERY, scheduler })), ([cell]) => {
        transcripts++;
        lastLines = cell?.lines.length ?? 0;
      });
      return { transcripts, lastLines };
    },
  };
}
