import { type Commit, commitLines, type DeltaEvent } from 'deltalines';
import {
  catchError,
  concat,
  defer,
  EMPTY,
  filter,
  finalize,
  map,
  mergeAll,
  type Observable,
  of,
  Subject,
  timeout,
} from 'rxjs';

/** Asks a model. The ids of the events begin with the name of the connection, so that no two answers share one. */
export type Provider = (question: string, connection: string) => Observable<DeltaEvent>;

export interface AnswersOptions {
  readonly provider: Provider;
  /** The most answers at a time. */
  readonly maxRunning?: number;
  /** Milliseconds without an event until a provider is given up. */
  readonly maxSilence?: number;
}

/** Asks the provider, and commits the lines of all answers while they come. */
export class Answers {
  readonly commits: Observable<Commit>;
  private readonly provider: Provider;
  private readonly maxRunning: number;
  private readonly maxSilence: number;
  private readonly answers = new Subject<Observable<Commit>>();
  private asked = 0;
  private running = 0;

  constructor({ provider, maxRunning = 100, maxSilence = 120_000 }: AnswersOptions) {
    this.provider = provider;
    this.maxRunning = maxRunning;
    this.maxSilence = maxSilence;
    this.commits = this.answers.pipe(mergeAll());
  }

  /** The name of the connection, or nothing when there are too many. */
  ask(question: string): string | undefined {
    if (this.running === this.maxRunning) {
      return undefined;
    }
    const turn = ++this.asked;
    this.running++;
    this.answers.next(this.answer(question, turn).pipe(finalize(() => this.running--)));
    return connectionOf(turn);
  }

  /**
   * The question is a stream too, open for as long as it is answered. So everybody sees what was asked, and a provider
   * that fails before its first word still has something that closes as an error.
   */
  private answer(question: string, turn: number): Observable<Commit> {
    const connection = connectionOf(turn);
    const asked = { kind: 'question', id: connection } as const;
    return concat(
      of<DeltaEvent[]>(
        { ...asked, type: 'start', order: [turn] },
        { ...asked, type: 'delta', delta: `${question}\n` },
      ),
      defer(() => this.provider(question, connection)).pipe(
        timeout({ each: this.maxSilence }),
        map((event) => inTurn(event, turn)),
      ),
      of<DeltaEvent>({ ...asked, type: 'end' }),
    ).pipe(
      // A paragraph is one line, and nobody wants to wait for all of it.
      commitLines({ softCommit: { chars: 40 }, idleTimeout: Infinity }),
      filter(({ type }) => type !== 'drop'),
      // What was open has been closed with the error. The other answers go on.
      catchError(() => EMPTY),
    );
  }
}

function connectionOf(turn: number): string {
  return `q${turn}`;
}

/** Every provider counts from the start, so the number of the question comes first. */
function inTurn(event: DeltaEvent, turn: number): DeltaEvent {
  return event.type === 'start' || event.type === 'delta'
    ? { ...event, order: [turn, ...(event.order ?? [])] }
    : event;
}
