import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { Observable } from 'rxjs';

/** The latest value of an observable, or the first one until there is any. */
export function useObservable<T>(values: Observable<T>, initial: T): T {
  const latest = useRef(initial);
  const subscribe = useCallback(
    (onChange: () => void) => {
      const subscription = values.subscribe((value) => {
        latest.current = value;
        onChange();
      });
      return () => subscription.unsubscribe();
    },
    [values],
  );
  return useSyncExternalStore(subscribe, () => latest.current);
}
