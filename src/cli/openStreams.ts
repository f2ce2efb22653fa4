import type { Commit, StreamRef } from '../index.js';

/** How far a stream has come. */
export interface OpenStream {
  readonly stream: StreamRef;
  readonly openedAt: number;
  /** The lines that have ended. */
  readonly lines: number;
  /** The text of the line that has not. */
  readonly tail: string;
}

/** Follows the streams that are open, in the order of opening. */
export class OpenStreams {
  private readonly streams = new Map<StreamRef, OpenStream>();

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

  /** The streams that were opened first. */
  first(count: number): readonly OpenStream[] {
    const found: OpenStream[] = [];
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
