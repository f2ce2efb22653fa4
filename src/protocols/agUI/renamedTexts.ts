import { setRecent } from '../connection/leastRecent.js';
import type { StreamedText } from '../connection/namedStreams.js';

/** A text in a snapshot. */
export interface SnapshotText<K extends string> {
  readonly kind: K;
  readonly name: string;
  readonly text: string;
}

/** The most texts that are remembered. */
const MAX_TEXTS = 10_000;

/**
 * Recognizes streamed texts that a snapshot has under other names. Some servers stream a message with a temporary id.
 *
 * A text of the snapshot is a streamed one if they have the same kind, length and beginning, and the snapshot does not
 * have the name of the streamed one.
 */
export class RenamedTexts<K extends string> {
  /** The ended texts, by kind and name. */
  private readonly ended = new Map<string, StreamedText<K>>();

  add({ kind, name, length, beginning }: StreamedText<K>): void {
    if (length > 0) {
      setRecent(this.ended, keyOf(kind, name), { kind, name, length, beginning }, MAX_TEXTS);
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
    const names = new Set(all.map(({ kind, name }) => keyOf(kind, name)));
    const candidates = new Map<string, StreamedText<K>[]>();
    for (const streamed of [...this.ended.values(), ...open]) {
      if (!names.has(keyOf(streamed.kind, streamed.name))) {
        const key = `${streamed.kind} ${streamed.length}`;
        const others = candidates.get(key) ?? [];
        others.push(streamed);
        candidates.set(key, others);
      }
    }
    return newTexts.filter(({ kind, name, text }) => {
      const others = candidates.get(`${kind} ${text.length}`) ?? [];
      const [streamed] = others;
      if (streamed === undefined || !text.startsWith(streamed.beginning)) {
        return false;
      }
      others.shift();
      this.ended.delete(keyOf(kind, streamed.name));
      this.add({ ...streamed, name });
      return true;
    });
  }
}

/** No kind contains a space. */
function keyOf(kind: string, name: string): string {
  return `${kind} ${name}`;
}
