import type { Commit, StreamRef } from '../index.js';

/** The progress of an open stream. */
export interface StreamProgress {
  readonly stream: StreamRef;
  readonly openedAt: number;
  /** The number of ended lines. */
  readonly lines: number;
  /** The text of the unfinished line. */
  readonly tail: string;
}

/** The progress of the open streams, in the order of opening. */
export class StreamProgressMap {
  private readonly streams = new Map<StreamRef, StreamProgress>();

  get size(): number {
    return this.streams.size;
  }

  add(commit: Commit, now: number): void {
    switch (commit.type) {
      case 'open':
        this.streams.set(commit.stream, { stream: commit.stream, openedAt: now, lines: 0, tail: '' });
        break;
      case 'line':
        this.update(commit.stream, commit.eol === '' ? commit.index : commit.index + 1, '');
        break;
      case 'tail':
        this.update(commit.stream, commit.index, commit.text);
        break;
      case 'revise':
        this.update(commit.stream, commit.index, '');
        break;
      case 'close':
        this.streams.delete(commit.stream);
        break;
      case 'drop':
        break;
    }
  }

  /** The first `count` streams. */
  first(count: number): readonly StreamProgress[] {
    const found: StreamProgress[] = [];
    for (const stream of this.streams.values()) {
      if (found.length >= count) {
        break;
      }
      found.push(stream);
    }
    return found;
  }

  private update(ref: StreamRef, lines: number, tail: string): void {
    const stream = this.streams.get(ref);
    if (stream !== undefined) {
      this.streams.set(ref, { ...stream, lines, tail });
    }
  }
}
