import type { Commit } from 'deltalines';
import { useMemo, useSyncExternalStore } from 'react';
import type { Observable } from 'rxjs';

import {
  createTranscriptStore,
  NOTHING_YET,
  type TranscriptState,
  type TranscriptStore,
} from './transcriptStore';

/**
 * Subscribes to the commits while the component is mounted, and draws it again at most once in `every` milliseconds.
 *
 * The commits must be the same observable in every render: another one is unsubscribed from the former, and read from
 * the start.
 */
export function useTranscript<K extends string>(
  commits$: Observable<Commit<K>>,
  every?: number,
): TranscriptState<K> {
  const store = useMemo(() => createTranscriptStore(commits$, every), [commits$, every]);
  return useTranscriptStore(store);
}

/** The same for a store that several components read; all of them draw the same state, always. */
export function useTranscriptStore<K extends string>(store: TranscriptStore<K>): TranscriptState<K> {
  return useSyncExternalStore(store.subscribe, store.getSnapshot, () => NOTHING_YET);
}
