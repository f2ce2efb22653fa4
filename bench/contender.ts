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

/** What a subscriber does with what it receives. By default it reads the lines, and keeps nothing. */
export interface Use {
  /** Whether it stores each commit until the end. */
  readonly keeps?: boolean;
  /** Whether it reads the text of each line at once, so that the text must be in one piece. */
  readonly reads?: boolean;
}

/** What a contender emits, as far as it is used here. */
interface Emitted {
  readonly type: string;
  readonly text?: string;
  readonly eol?: string;
}

/** A subscriber. It counts the lines that have ended, because not every contender commits the others. */
export class LineSink {
  private readonly keeps: boolean;
  private readonly reads: boolean;
  private readonly kept: Emitted[] = [];
  private lines = 0;
  private lastCharacters = 0;

  constructor({ keeps = false, reads = true }: Use) {
    this.keeps = keeps;
    this.reads = reads;
  }

  next(commit: Emitted): void {
    if (commit.eol === '\n') {
      this.lines++;
    }
    if (this.reads && commit.text !== undefined) {
      const lastCharacter = commit.text.charCodeAt(commit.text.length - 1);
      this.lastCharacters += commit.eol === '\n' ? lastCharacter : 0;
    }
    if (this.keeps) {
      this.kept.push(commit);
    }
  }

  get outcome(): Outcome {
    return { lines: this.lines, lastCharacters: this.lastCharacters };
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

export function countLines(commits: Observable<Emitted>, use: Use): Outcome {
  const sink = new LineSink(use);
  consume(commits, (commit) => sink.next(commit));
  return sink.outcome;
}

/** The length of all texts; readers of messages say nothing about lines. */
export function countCharacters(commits: Observable<Commit>): Outcome {
  let characters = 0;
  consume(commits, (commit) => {
    characters += lengthOf(commit);
  });
  return { characters };
}

/** How many characters of its stream a commit has. */
export function lengthOf(commit: Commit): number {
  return commit.type === 'line' ? commit.text.length + commit.eol.length : 0;
}
