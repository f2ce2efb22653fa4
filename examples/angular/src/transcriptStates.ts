import type { Commit } from 'deltalines';
import { type BlockTranscript, commitBlocks, scanBlocks } from 'deltalines/markdown';
import { materialize, type Observable, type OperatorFunction, scan } from 'rxjs';

/** What there is to draw: the blocks of Markdown so far, and whether more can come. */
export type TranscriptState<K extends string = string> =
  | { readonly status: 'open' | 'complete'; readonly transcript: BlockTranscript<K> }
  | { readonly status: 'error'; readonly transcript: BlockTranscript<K>; readonly error: unknown };

export const NOTHING_YET: TranscriptState<never> = { status: 'open', transcript: [] };

/**
 * The transcript at most once in `every` milliseconds. The end and the failure of the source become states as well, since
 * a signal that `toSignal` makes of a failed source throws wherever it is read, and the texts would be lost.
 */
export function transcriptStates<K extends string>(
  every = 100,
): OperatorFunction<Commit<K>, TranscriptState<K>> {
  return (commits$: Observable<Commit<K>>) =>
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
