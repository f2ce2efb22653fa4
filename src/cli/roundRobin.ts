import { noop } from 'rxjs';

/** Provides events one by one, and reads more input on request. */
export interface Source {
  /** Whether a read may take arbitrarily long. */
  readonly isLive: boolean;
  /** Set by `take` after the last event. */
  readonly isDone: boolean;
  /** Emits the next event, and returns whether there was one. */
  take(): boolean;
  /** Reads more input after `take` returned false. Never rejects. */
  refill(): Promise<void>;
  /** Stops reading. `take` still emits the events that a live source has received. */
  interrupt(): void;
}

/** The destination of the events; it is flushed before each pause. */
export interface Sink {
  readonly isFull: boolean;
  flush(): Promise<void>;
}

/**
 * Takes one event of each source in turn, until all have ended or `signal` aborts.
 *
 * A turn waits for a file, so that the order depends only on the files, and skips a live source without events.
 * Events that were read already are taken without a pause: one promise per chunk and none per event.
 */
export async function roundRobin(sources: readonly Source[], sink: Sink, signal: AbortSignal): Promise<void> {
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
  const interrupt = () => {
    sources.forEach((source) => {
      source.interrupt();
    });
    silent.clear();
    wake();
  };
  signal.addEventListener('abort', interrupt);
  if (signal.aborted) {
    interrupt();
  }

  while (current.length > 0) {
    let hasEnded = false;
    for (const source of current) {
      if (silent.has(source)) {
        continue;
      }
      while (!source.take() && !source.isDone) {
        if (source.isLive) {
          listenTo(source);
          break;
        }
        await sink.flush();
        await source.refill();
      }
      hasEnded ||= source.isDone;
      if (sink.isFull) {
        await sink.flush();
      }
    }
    if (hasEnded) {
      current = current.filter((source) => !source.isDone);
    } else if (silent.size === current.length) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await sink.flush();
      await woken;
    }
  }
  signal.removeEventListener('abort', interrupt);
}
