/** Receives commits, one after another. An RxJS subscriber is one. */
export interface CommitSink<C> {
  /** Whether the subscriber has unsubscribed, so that further commits have no effect. */
  readonly closed: boolean;
  next(commit: C): void;
}
