import type { Commit } from 'deltalines';
import { type BlockTranscript, commitBlocks, scanBlocks } from 'deltalines/markdown';
import { defer, materialize, type Observable, scan, share, tap } from 'rxjs';

/** What there is to draw: the blocks of Markdown so far, and whether more can come. */
export type TranscriptState<K extends string = string> =
  | { readonly status: 'open' | 'complete'; readonly transcript: BlockTranscript<K> }
  | { readonly status: 'error'; readonly transcript: BlockTranscript<K>; readonly error: unknown };

/** What `useSyncExternalStore` reads. */
export interface TranscriptStore<K extends string = string> {
  /** The first listener subscribes to the commits, the last one that leaves unsubscribes. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The same object until something has changed. */
  readonly getSnapshot: () => TranscriptState<K>;
}

export const NOTHING_YET: TranscriptState<never> = { status: 'open', transcript: [] };

/** A store of the transcript of these commits, for any number of components. */
export function createTranscriptStore<K extends string>(
  commits$: Observable<Commit<K>>,
  every = 100,
): TranscriptStore<K> {
  let state: TranscriptState<K> = NOTHING_YET;
  const states$ = commits$.pipe(transcriptStates(every));
  const changes$ = defer(() => {
    // A new subscription gets all texts anew.
    state = NOTHING_YET;
    return states$;
  }).pipe(
    tap((next) => (state = next)),
    // Who comes after the end finds the last state, and starts nothing.
    share({ resetOnComplete: false }),
  );
  return {
    subscribe: (listener) => {
      const subscription = changes$.subscribe(() => listener());
      return () => subscription.unsubscribe();
    },
    getSnapshot: () => state,
  };
}

/** The transcript at most once in `every` milliseconds; the end and the failure of the source become states as well. */
function transcriptStates<K extends string>(every: number) {
  return (commits$: Observable<Commit<K>>): Observable<TranscriptState<K>> =>
    commits$.pipe(
      commitBlocks({ draft: true }),
      scanBlocks({ every }),
      materialize(),
      scan((state: TranscriptState<K>, notification) => {
        switch (notification.kind) {
          case 'N':
            return { status: 'open', transcript: notification.value };
          case 'E':
            return { status: 'error', transcript: state.transcript, error: notification.error };
          case 'C':
            return { status: 'complete', transcript: state.transcript };
        }
      }, NOTHING_YET),
    );
}
