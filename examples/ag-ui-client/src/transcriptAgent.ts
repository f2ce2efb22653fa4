import { type BaseEvent, EventType, HttpAgent, type RunAgentInput } from '@ag-ui/client';
import { commitLines, orderStreams, scanTranscript, type Transcript } from 'deltalines';
import { type AGUIKind, fromAGUI } from 'deltalines/protocols';
import { type Observable, Subject, tap } from 'rxjs';

/** An agent of AG-UI that also tells the texts of its runs, line by line, while they come. */
export class TranscriptAgent extends HttpAgent {
  private readonly events = new Subject<BaseEvent>();

  /** The texts of all runs, one stream after the other. */
  readonly transcripts: Observable<Transcript<AGUIKind>> = this.events.pipe(
    fromAGUI(),
    commitLines({ tail: true }),
    orderStreams(),
    scanTranscript(),
  );

  /** The client asks for the events of a run here, and goes on to make messages and state of them. */
  override run(input: RunAgentInput): Observable<BaseEvent> {
    return super.run(input).pipe(
      tap({
        next: (event) => this.events.next(event),
        // The connection broke, or what came was no event: what is open will not go on.
        error: (error: unknown) => this.events.next({ type: EventType.RUN_ERROR, message: String(error) }),
      }),
    );
  }
}
