import { commitLines, type DeltaEvent } from 'deltalines';
import { appendCommits, type CommitLog, readCommits } from 'deltalines/log';
import { concat, defer, filter, finalize, map, type Observable, of, share, takeUntil, timeout } from 'rxjs';

/** Asks a model. The ids of the events begin with the name of the connection, so that no two answers share one. */
export type Provider = (question: string, connection: string) => Observable<DeltaEvent>;

export interface AnswersOptions {
  readonly log: CommitLog;
  readonly provider: Provider;
  /** Milliseconds until an answer counts as abandoned when its process has died. */
  readonly lease: number;
  /** The most answers at a time in this process. */
  readonly maxRunning?: number;
  /** Milliseconds without an event until a provider is given up. */
  readonly maxSilence?: number;
}

/** Asks the provider, and appends what it says to the log. Nobody has to listen: those who do read the log. */
export class Answers {
  private readonly options: AnswersOptions;
  /** The connections that are to stop. Any process may say so, and this one may run the answer. */
  private readonly stops: Observable<string>;
  private asked = 0;
  private running = 0;

  constructor(options: AnswersOptions) {
    this.options = options;
    this.stops = readCommits(options.log).pipe(
      map(({ commit }) => commit),
      filter((commit) => commit.type === 'open' && commit.stream.kind === 'stop'),
      map((commit) => ('stream' in commit ? commit.stream.id : '')),
      share(),
    );
  }

  /** The name of the connection, or nothing when there are too many. It tells which process asks. */
  ask(question: string): string | undefined {
    const { maxRunning = 100, lease } = this.options;
    if (this.running >= maxRunning) {
      return undefined;
    }
    this.running++;
    const connection = `${process.pid}-${Date.now()}-${++this.asked}`;
    this.answer(question, connection)
      .pipe(
        commitLines({ tail: true, idleTimeout: Infinity }),
        appendCommits(this.options.log, { lease }),
        finalize(() => this.running--),
      )
      .subscribe({
        // What was open has been closed with the error, in the log. The other answers go on.
        error: (error: unknown) => console.error(error),
      });
    return connection;
  }

  /** Says in the log that an answer is to stop, whichever process runs it. */
  stop(connection: string): void {
    of<DeltaEvent>({ type: 'start', kind: 'stop', id: connection })
      .pipe(commitLines(), appendCommits(this.options.log))
      .subscribe();
  }

  /** The question is a stream too, open for as long as it is answered. So everybody sees what was asked, and what is being answered. */
  private answer(question: string, connection: string): Observable<DeltaEvent> {
    const { provider, maxSilence = 120_000 } = this.options;
    const asked = { kind: 'question', id: connection } as const;
    const time = Date.now();
    return concat(
      of<DeltaEvent[]>(
        { ...asked, type: 'start', order: [time] },
        { ...asked, type: 'delta', delta: `${question}\n` },
      ),
      defer(() => provider(question, connection)).pipe(
        timeout({ each: maxSilence }),
        map((event) => inTurn(event, time)),
        takeUntil(this.stops.pipe(filter((stopped) => stopped === connection))),
      ),
      of<DeltaEvent>({ ...asked, type: 'end' }),
    );
  }
}

/** Every provider counts from the start, so the time of the question comes first. */
function inTurn(event: DeltaEvent, time: number): DeltaEvent {
  return event.type === 'start' || event.type === 'delta'
    ? { ...event, order: [time, ...(event.order ?? [])] }
    : event;
}
