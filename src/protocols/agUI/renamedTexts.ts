import { keyOf, MAX_REMEMBERED, setRecent } from '../connection/leastRecent.js';
import type { StreamedText } from '../connection/namedStreams.js';

/** A text in a snapshot. */
export interface SnapshotText<K extends string> {
  readonly kind: K;
  readonly name: string;
  readonly text: string;
}

/**
 * Recognizes streamed texts that a snapshot has under other names: some servers stream a message with a temporary id,
 * or give its id to another message of the snapshot.
 *
 * A new text of the snapshot is a streamed one if they have the same kind, length and beginning, and the snapshot does
 * not have the streamed one under its own name.
 */
export class RenamedTexts<K extends string> {
  /** The ended texts, by kind and id. */
  private readonly ended = new Map<string, StreamedText<K>>();

  add({ kind, name, id, length, beginning }: StreamedText<K>): void {
    if (length > 0) {
      setRecent(this.ended, keyOf(kind, id), { kind, name, id, length, beginning }, MAX_REMEMBERED);
    }
  }

  /**
   * Returns those of the new texts that were streamed under other names, and renames them.
   *
   * @param all - The whole snapshot.
   * @param open - The texts that have not ended.
   */
  recognize(
    newTexts: readonly SnapshotText<K>[],
    all: readonly SnapshotText<K>[],
    open: Iterable<StreamedText<K>>,
  ): readonly SnapshotText<K>[] {
    const listed = new Map<string, string[]>();
    for (const { kind, name, text } of all) {
      addTo(listed, keyOf(kind, name), text);
    }
    const candidates = new Map<string, StreamedText<K>[]>();
    for (const streamed of [...this.ended.values(), ...open]) {
      const { kind, name, length } = streamed;
      if (listed.get(keyOf(kind, name))?.some((text) => isTextOf(streamed, text)) !== true) {
        addTo(candidates, keyOf(kind, String(length)), streamed);
      }
    }
    return newTexts.filter(({ kind, name, text }) => {
      const others = candidates.get(keyOf(kind, String(text.length))) ?? [];
      const [streamed] = others;
      if (streamed === undefined || !isTextOf(streamed, text)) {
        return false;
      }
      others.shift();
      this.add({ ...streamed, name });
      return true;
    });
  }
}

function isTextOf({ length, beginning }: StreamedText<string>, text: string): boolean {
  return text.length === length && text.startsWith(beginning);
}

function addTo<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key) ?? [];
  list.push(value);
  lists.set(key, list);
}
