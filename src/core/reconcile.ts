import type { LineCommit } from '../commits.js';

/** What was received of a stream so far. */
export interface Seen {
  /** Everything that was committed, in order. */
  readonly committed: readonly LineCommit[];
  /** What was not committed yet. */
  readonly tail: string;
  /** The number of the line that the tail belongs to. */
  readonly index: number;
}

/** What the producer's full text says about what was received. */
export type Verdict =
  /** The same, or different only in white space at the end. */
  | { readonly type: 'agrees' }
  /** From this position on, the full text has what was not received. */
  | { readonly type: 'continues'; readonly position: number }
  /** This line is the first that differs; in the full text it begins at this position. */
  | { readonly type: 'diverges'; readonly index: number; readonly position: number };

/** Compares in one pass, and copies only what comes after a difference. */
export function compareWithFullText(seen: Seen, fullText: string): Verdict {
  let position = 0;
  let line = { index: 0, position: 0, commit: 0 };
  for (const [commit, { index, text, eol }] of seen.committed.entries()) {
    if (index !== line.index) {
      line = { index, position, commit };
    }
    if (!fullText.startsWith(text, position) || !fullText.startsWith(eol, position + text.length)) {
      return differenceAt(line, seen, fullText);
    }
    position += text.length + eol.length;
  }
  if (seen.index !== line.index) {
    line = { index: seen.index, position, commit: seen.committed.length };
  }
  if (!fullText.startsWith(seen.tail, position)) {
    return differenceAt(line, seen, fullText);
  }
  position += seen.tail.length;
  return isBlank(fullText.slice(position)) ? { type: 'agrees' } : { type: 'continues', position };
}

function differenceAt(
  { index, position, commit }: { index: number; position: number; commit: number },
  seen: Seen,
  fullText: string,
): Verdict {
  const pieces = seen.committed.slice(commit).map(({ text, eol }) => text + eol);
  const rest = pieces.join('') + seen.tail;
  return rest.trimEnd() === fullText.slice(position).trimEnd()
    ? { type: 'agrees' }
    : { type: 'diverges', index, position };
}

function isBlank(text: string): boolean {
  return text.trimEnd() === '';
}
