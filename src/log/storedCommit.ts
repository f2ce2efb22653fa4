import type { Commit, StreamRef } from '../commits.js';
import { StreamMap } from '../core/streams/streamMap.js';

/** A commit as readers receive it: an `error` becomes `{ name, message }`. */
export function storedCommit<C extends Exclude<Commit, { type: 'drop' }>>(commit: C): C {
  return commit.type === 'close' && commit.error !== undefined
    ? { ...commit, error: plainError(commit.error) }
    : commit;
}

/** Turns a commit into JSON. */
export function encodeCommit(commit: Exclude<Commit, { type: 'drop' }>): string {
  return JSON.stringify(storedCommit(commit));
}

/** Decodes a commit that {@link encodeCommit} encoded. `refs` has one object for each stream. */
export function decodeCommit<K extends string>(
  text: string,
  refs: StreamRefs<K>,
): Exclude<Commit<K>, { type: 'drop' }> {
  const commit = JSON.parse(text) as Exclude<Commit<K>, { type: 'drop' }>;
  return { ...commit, stream: refs.get(commit) };
}

function plainError(error: unknown): { readonly name: string; readonly message: string } {
  try {
    if (typeof error === 'object' && error !== null) {
      const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
      return {
        name: typeof name === 'string' ? name : 'Error',
        message: typeof message === 'string' ? message : '',
      };
    }
    return { name: 'Error', message: String(error) };
  } catch {
    // A getter or a proxy threw. The other streams of the writer must go on.
    return { name: 'Error', message: '' };
  }
}

/** One {@link StreamRef} for each open stream, because all commits of a stream share one object. */
export class StreamRefs<K extends string> {
  private readonly refs = new StreamMap<StreamRef<K>>();

  /** The one object for the stream of a commit. A `close` deletes it, because it is the last commit of its stream. */
  get({ type, stream }: { readonly type: string; readonly stream: StreamRef<K> }): StreamRef<K> {
    const ref = this.refs.get(stream) ?? stream;
    if (type === 'close') {
      this.refs.delete(stream);
    } else if (ref === stream) {
      this.refs.set(stream, ref);
    }
    return ref;
  }
}
