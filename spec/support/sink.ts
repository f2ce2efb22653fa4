import type { CommitSink } from '../../src/core/commitSink.js';

/** A sink that calls a function with each commit; without one, it ignores them. */
export function sinkOf<C>(next: (commit: C) => void = () => undefined): CommitSink<C> {
  return { closed: false, next };
}
