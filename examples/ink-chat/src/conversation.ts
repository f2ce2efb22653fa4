import {
  type Cell,
  type Commit,
  commitLines,
  type DeltaEvent,
  escapeControls,
  orderStreams,
  scanTranscript,
  type StreamRef,
  type Transcript,
} from 'deltalines';
import {
  catchError,
  combineLatest,
  concat,
  connect,
  defer,
  filter,
  ignoreElements,
  map,
  mergeMap,
  type Observable,
  of,
  type OperatorFunction,
  scan,
} from 'rxjs';

import type { Provider } from './providers.js';

/** One row of what is finished. It is printed once and scrolls away with everything else in the terminal. */
export interface Row {
  readonly kind: string;
  readonly text: string;
  /** Whether it is the first row of its stream. */
  readonly isFirst: boolean;
}

/** A stream that is not printed whole. */
export interface Growing {
  readonly stream: StreamRef;
  /** How many lines there are, and the text that has come last. */
  readonly lines: number;
  readonly tail: string;
}

export interface View {
  readonly rows: readonly Row[];
  readonly growing: readonly Growing[];
}

/** A question with its answer, which may have several streams. */
interface Turn {
  readonly rows: readonly Row[];
  /** The streams that are in `rows` as a whole. */
  readonly finished: ReadonlySet<StreamRef>;
  readonly transcript: Transcript;
  readonly isOver: boolean;
}

const NOTHING: Turn = { rows: [], finished: new Set(), transcript: [], isOver: false };

/**
 * Answers the questions, all at the same time, and tells what is to be seen. A terminal only appends, so one turn after
 * the other is printed, and in a turn one stream after the other; how the others grow is seen below.
 */
export function converse(questions: Observable<string>, provider: Provider): Observable<View> {
  return questions.pipe(
    mergeMap((question, index) =>
      answer(question, index + 1, provider).pipe(
        follow(),
        map((turn) => ({ turn, index })),
      ),
    ),
    scan<{ turn: Turn; index: number }, readonly Turn[]>((turns, { turn, index }) => {
      const next = [...turns];
      next[index] = turn;
      return next;
    }, []),
    map(view),
  );
}

function follow(): OperatorFunction<Commit, Turn> {
  return (commits) =>
    commits.pipe(
      connect((shared) =>
        combineLatest({
          printed: shared.pipe(
            filter(({ type }) => type !== 'tail'),
            orderStreams(),
            scan(print, NOTHING),
          ),
          transcript: shared.pipe(scanTranscript()),
          isOver: concat(of(false), shared.pipe(ignoreElements()), of(true)),
        }),
      ),
      map(({ printed, transcript, isOver }) => ({ ...printed, transcript, isOver })),
    );
}

/** The turns up to the first that is not over are printed, as far as they are. */
function view(turns: readonly Turn[]): View {
  const live = turns.findIndex(({ isOver }) => !isOver);
  const isPrinted = (index: number) => live === -1 || index <= live;
  return {
    rows: turns.flatMap(({ rows }, index) => (isPrinted(index) ? rows : [])),
    growing: turns.flatMap(({ transcript, finished }, index) =>
      transcript.filter(({ stream }) => !isPrinted(index) || !finished.has(stream)).map(grow),
    ),
  };
}

/** The commits of one answer. The question is a stream too, so that it has its place above the answer. */
function answer(question: string, turn: number, provider: Provider): Observable<Commit> {
  const connection = `q${turn}`;
  return concat(
    of<DeltaEvent[]>(
      { type: 'start', kind: 'question', id: connection, order: [turn] },
      { type: 'end', kind: 'question', id: connection, text: question },
    ),
    defer(() => provider(question, connection)).pipe(map((event) => inTurn(event, turn))),
  ).pipe(
    commitLines({ tail: true }),
    // What was open has been closed with the error. The other answers go on.
    catchError((error: unknown) => problem(error, connection, turn)),
  );
}

/** What went wrong, below what there is of the answer. */
function problem(error: unknown, id: string, turn: number): Observable<Commit> {
  const text = error instanceof Error ? error.message : String(error);
  return of<DeltaEvent[]>(
    { type: 'start', kind: 'problem', id, order: [turn, Number.MAX_SAFE_INTEGER] },
    { type: 'end', kind: 'problem', id, text },
  ).pipe(commitLines());
}

/** Every provider counts from the start, so the number of the question comes first. */
function inTurn(event: DeltaEvent, turn: number): DeltaEvent {
  return event.type === 'start' || event.type === 'delta'
    ? { ...event, order: [turn, ...(event.order ?? [])] }
    : event;
}

function print(turn: Turn, commit: Commit): Turn {
  switch (commit.type) {
    case 'line': {
      const { stream, index, text } = commit;
      return withRow(turn, { kind: stream.kind, text: escapeControls(text), isFirst: index === 0 });
    }
    case 'revise':
      // What is printed stays printed.
      return withRow(turn, {
        kind: 'problem',
        text: `corrected from line ${commit.index + 1} on:`,
        isFirst: true,
      });
    case 'close':
      return { ...turn, finished: new Set(turn.finished).add(commit.stream) };
    default:
      return turn;
  }
}

function withRow(turn: Turn, row: Row): Turn {
  return { ...turn, rows: [...turn.rows, row] };
}

/** A character in two halves, of which only the first has come. */
const HALF = /[\ud800-\udbff]$/;

function grow({ stream, lines, tail }: Cell): Growing {
  return {
    stream,
    lines: lines.length,
    tail: escapeControls(tail === '' ? (lines.at(-1) ?? '') : tail.replace(HALF, '')),
  };
}
