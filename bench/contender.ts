import type { Observable } from 'rxjs';

import type { Commit } from '../src/commits.js';

/** What a contender has done, which must be the same for all that compete. */
export type Outcome = Readonly<Record<string, number>>;

/** One of those that are compared, ready to run. */
export interface Contender {
  readonly isAsync?: boolean;
  /** Does the work once, from the beginning to the end. */
  readonly run: () => Outcome | Promise<Outcome>;
}

/** Reads every line, so that its text is there for a reader and not only promised, and counts. */
export class LineReader {
  lines = 0;
  characters = 0;
  lastCharacters = 0;

  read(text: string): void {
    this.lines++;
    this.characters += text.length;
    this.lastCharacters += text.charCodeAt(text.length - 1);
  }

  get outcome(): Outcome {
    const { lines, characters, lastCharacters } = this;
    return { lines, characters, lastCharacters };
  }
}

/** Subscribes to a synchronous source; an error ends the process. */
export function consume<T>(source: Observable<T>, next: (value: T) => void): void {
  source.subscribe({
    next,
    error: (error: unknown) => {
      throw error;
    },
  });
}

export function readLines(commits: Observable<Commit>): Outcome {
  const reader = new LineReader();
  consume(commits, (commit) => {
    if (commit.type === 'line') {
      reader.read(commit.text);
    }
  });
  return reader.outcome;
}

/** The length of all texts; readers of messages say nothing about lines. */
export function countCharacters(commits: Observable<Commit>): Outcome {
  let characters = 0;
  consume(commits, (commit) => {
    if (commit.type === 'line') {
      characters += commit.text.length + commit.eol.length;
    }
  });
  return { characters };
}
