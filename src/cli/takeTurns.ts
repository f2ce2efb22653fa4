import { noop } from 'rxjs';

/** Something that gives one event after the other, and has to read on from time to time. */
export interface Source {
  /** Whether nobody knows how long reading takes. */
  readonly isLive: boolean;
  /** Set by `take` when there is nothing more. */
  readonly isOver: boolean;
  /** Passes on the next event that was read, and tells whether there was one. */
  take(): boolean;
  /** Reads on when `take` had nothing. Never rejects. */
  refill(): Promise<void>;
}

/** Where the events end up; it is flushed before each pause. */
export interface Sink {
  readonly isFull: boolean;
  flush(): Promise<void>;
}

/**
 * Takes one event of each source in turn, until all are over.
 *
 * A turn waits for a file, so that the order depends on the files alone, and passes over a live source that is silent.
 * What was read already is taken without a pause: there is a promise for each chunk, but none for each event.
 */
export async function takeTurns(sources: readonly Source[], sink: Sink): Promise<void> {
  let current = [...sources];
  const silent = new Set<Source>();
  let wake: () => void = noop;

  const listenTo = (source: Source) => {
    silent.add(source);
    void source.refill().then(() => {
      silent.delete(source);
      wake();
    });
  };

  while (current.length > 0) {
    let hasEnded = false;
    for (const source of current) {
      if (silent.has(source)) {
        continue;
      }
      while (!source.take() && !source.isOver) {
        if (source.isLive) {
          listenTo(source);
          break;
        }
        await sink.flush();
        await source.refill();
      }
      hasEnded ||= source.isOver;
      if (sink.isFull) {
        await sink.flush();
      }
    }
    if (hasEnded) {
      current = current.filter((source) => !source.isOver);
    } else if (silent.size === current.length) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await sink.flush();
      await woken;
    }
  }
}
