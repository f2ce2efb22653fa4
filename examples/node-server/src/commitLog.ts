import { type Cell, type Commit, scanTranscript, type Transcript } from 'deltalines';
import { type Observable, Subject } from 'rxjs';

export interface CommitLogOptions {
  /** The most commits that are kept. */
  readonly maxCommits?: number;
  /** The most streams in a snapshot; beyond, those are left out that were closed first. */
  readonly maxStreams?: number;
  /** The number of the first commit. */
  readonly firstId?: number;
}

/**
 * Numbers the commits and keeps the latest, as the text of server-sent events: that is made once, however many clients
 * there are. For those who missed more there is a snapshot, the commits that bring somebody from nothing to here.
 */
export class CommitLog {
  readonly appended: Observable<void>;
  private readonly appendings = new Subject<void>();
  private readonly commits = new Subject<Commit>();
  private readonly maxCommits: number;
  private readonly firstId: number;
  private readonly events: string[] = [];
  private nextId: number;
  private transcript: Transcript = [];

  constructor({ maxCommits = 10_000, maxStreams = 100, firstId = 1 }: CommitLogOptions = {}) {
    this.maxCommits = maxCommits;
    this.firstId = firstId;
    this.nextId = firstId;
    this.appended = this.appendings.asObservable();
    this.commits.pipe(scanTranscript({ maxCells: maxStreams })).subscribe((transcript) => {
      this.transcript = transcript;
    });
  }

  append(commit: Commit): void {
    this.commits.next(commit);
    this.events.push(`id: ${this.nextId}\ndata: ${serialize(commit)}\n\n`);
    this.nextId++;
    if (this.events.length > this.maxCommits) {
      this.events.shift();
    }
    this.appendings.next();
  }

  /** What somebody has who has nothing yet. */
  get beginning(): number {
    return this.firstId - 1;
  }

  get lastId(): number {
    return this.nextId - 1;
  }

  /** Whether all that follows the event with this number is there. */
  reachesBackTo(id: number): boolean {
    return id >= this.lastId - this.events.length && id <= this.lastId;
  }

  /** The event that follows the one with this number, if it is there. */
  eventAfter(id: number): string {
    return this.events[id + this.events.length - this.lastId] ?? '';
  }

  /** An event that stands for all commits so far, and has the number of the last one. */
  snapshot(): string {
    return `event: snapshot\nid: ${this.lastId}\ndata: ${serialize(this.transcript.flatMap(commitsOf))}\n\n`;
  }
}

/** The commits that make this cell. */
function commitsOf({ stream, lines, tail, status, error }: Cell): readonly Commit[] {
  const commits: Commit[] = [{ type: 'open', stream }];
  lines.forEach((text, index) => {
    commits.push({ type: 'line', stream, index, text, eol: '\n' });
  });
  if (status !== 'open') {
    commits.push({ type: 'close', stream, reason: status, lines: lines.length, error });
  } else if (tail !== '') {
    // Parts that follow have the same index, and go on where this one ends.
    commits.push({ type: 'line', stream, index: lines.length, text: tail, eol: '' });
  }
  return commits;
}

/** An error has nothing that JSON would take, and its stack is nobody's business. */
function serialize(value: unknown): string {
  return JSON.stringify(value, (key, field: unknown) =>
    key === 'error' && field instanceof Error ? field.message : field,
  );
}
