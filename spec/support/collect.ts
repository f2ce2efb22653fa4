import { lastValueFrom, type Observable, toArray } from 'rxjs';

/** All values of an observable that completes. */
export function collect<T>(source: Observable<T>): Promise<readonly T[]> {
  return lastValueFrom(source.pipe(toArray()), { defaultValue: [] });
}
