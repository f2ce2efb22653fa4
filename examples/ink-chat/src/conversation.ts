import {
  type Commit,
  commitLines,
  type DeltaEvent,
  escapeControls,
  orderStreams,
  type StreamRef,
} from 'deltalines';
import {
  type BlockCell,
  type BlockCommit,
  type BlockTranscript,
  type BlockType,
  commitBlocks,
  scanBlocks,
} from 'deltalines/markdown';
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

/** A finished block of Markdown, or a note. It is printed once and scrolls away with everything else in the terminal. */
export interface Row {
  readonly kind: string;
  readonly block: BlockType;
  readonly text: string;
  /** Whether it is the first row of its stream. */
  readonly isFirst: boolean;
}

/** A stream that is not printed whole. */
export interface Growing {
  readonly stream: StreamRef;
  /** The number of its finished blocks, and the last lines of the text that is in none. */
  readonly blocks: number;
  readonly draft: readonly string[];
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
  readonly transcript: BlockTranscript;
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
      commitBlocks({ draft: true }),
      connect((shared) =>
        combineLatest({
          printed: shared.pipe(
            filter(({ type }) => type !== 'draft'),
            orderStreams(),
            scan(print, NOTHING),
          ),
          transcript: shared.pipe(scanBlocks()),
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
      transcript
        .filter(({ stream }) => !isPrinted(index) || !finished.has(stream))
        .map((cell) => grow(cell, isPrinted(index))),
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

function print(turn: Turn, commit: BlockCommit): Turn {
  switch (commit.type) {
    case 'block': {
      const { stream, index, block, text } = commit;
      return withRow(turn, {
        kind: stream.kind,
        block,
        text: linesOf(text).join('\n'),
        isFirst: index === 0,
      });
    }
    case 'revise':
      // What is printed stays printed.
      return withRow(turn, {
        kind: 'problem',
        block: 'paragraph',
        text: `corrected from block ${commit.index + 1} on:`,
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

/** Ink draws everything below the printed rows again and again, so that must not fill the screen. */
const MAX_DRAFT_LINES = 8;

/** A character in two halves, of which only the first has come. */
const HALF = /[\ud800-\udbff]$/;

function grow({ stream, blocks, draft }: BlockCell, isPrinted: boolean): Growing {
  // Of a turn that is not printed yet, the last line is shown, whether or not its block is finished.
  const last = isPrinted ? draft : (draft ?? blocks.at(-1));
  const lines = linesOf(last?.text.replace(HALF, '') ?? '');
  return { stream, blocks: blocks.length, draft: lines.slice(isPrinted ? -MAX_DRAFT_LINES : -1) };
}

/** The lines of a block, without what a terminal would obey. */
function linesOf(text: string): string[] {
  return text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map(escapeControls);
}
