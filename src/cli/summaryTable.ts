import {
  type CloseReason,
  type Commit,
  type CommitObserver,
  type CommitSummary,
  type DurationSummary,
  escapeControls,
  type StreamRef,
  type StreamSummary,
} from '../index.js';
import { escapeLabel } from './escapeLabel.js';

/** The most streams in the table. The others are only counted. */
const MAX_LISTED = 1000;

/** `commitLines` does not retain the text of longer streams, so they are not revised. */
const MAX_REVISED = 1_048_576;

/** The most columns that a kind or an id is padded to, so that a very long one does not widen all rows. */
const MAX_WIDTH = 80;

/** The row of a stream. */
interface Entry {
  readonly stream: StreamRef;
  lines: number;
  characters: number;
  closed: CloseReason | '';
  /** The measurements of the stream, once it is closed. */
  measured: StreamSummary | undefined;
  /** The number of characters before each line, while lines may be withdrawn. */
  beforeLine: number[] | undefined;
}

interface Column {
  readonly heading: string;
  readonly alignment: 'left' | 'right';
  readonly cell: (entry: Entry) => string;
  /** Omitted for files that are read at full speed. */
  readonly isTime?: true;
}

const COLUMNS: readonly Column[] = [
  { heading: 'kind', alignment: 'left', cell: ({ stream }) => escapeLabel(stream.kind) },
  { heading: 'id', alignment: 'left', cell: ({ stream }) => escapeLabel(nameOf(stream)) },
  { heading: 'lines', alignment: 'right', cell: ({ lines }) => String(lines) },
  { heading: 'characters', alignment: 'right', cell: ({ characters }) => String(characters) },
  {
    heading: 'first line',
    alignment: 'right',
    cell: ({ measured }) => time(measured?.timeToFirstLine),
    isTime: true,
  },
  { heading: 'closed', alignment: 'left', cell: ({ closed }) => closed },
];

/**
 * The table of `--summary`: the first streams, in the order in which their commits are added, and totals.
 *
 * It is also the observer of `observeCommits`, which measures times before `paceLines` delays commits.
 */
export class SummaryTable implements CommitObserver {
  private readonly maxListed: number;
  private readonly listed: Entry[] = [];
  private readonly connections: string[] = [];
  private readonly open = new Map<StreamRef, Entry>();
  /** The measurements of closed streams whose `close` has not reached `add` yet. */
  private readonly measured = new Map<StreamRef, StreamSummary>();
  private total: CommitSummary | undefined = undefined;
  private streams = 0;
  private characters = 0;

  constructor(maxListed = MAX_LISTED) {
    this.maxListed = maxListed;
  }

  close(summary: StreamSummary): void {
    this.measured.set(summary.stream, summary);
  }

  finalize(summary: CommitSummary): void {
    this.total = summary;
  }

  add(commit: Commit): void {
    if (commit.type === 'drop') {
      return;
    }
    const entry = this.open.get(commit.stream) ?? this.openEntry(commit.stream);
    switch (commit.type) {
      case 'line':
        this.addCharacters(entry, commit.text.length + commit.eol.length, commit.eol !== '');
        break;
      case 'revise':
        withdraw(entry, commit.index);
        break;
      case 'close':
        entry.lines = commit.lines;
        entry.closed = commit.reason;
        entry.measured = this.measured.get(commit.stream);
        entry.beforeLine = undefined;
        this.characters += entry.characters;
        this.open.delete(commit.stream);
        this.measured.delete(commit.stream);
        break;
      default:
        break;
    }
  }

  /** Adds a row with the protocol of a connection. */
  addConnection(file: string, protocol: string, reason: string): void {
    this.connections.push(`${escapeControls(file)}: ${protocol}, ${escapeControls(reason)}`);
  }

  /** The table, the connections and the totals. `hasTimes` is whether to include times. */
  rows(hasTimes: boolean): readonly string[] {
    const columns = COLUMNS.filter(({ isTime }) => hasTimes || isTime === undefined);
    const unlisted = this.streams - this.listed.length;
    return [
      ...(this.listed.length === 0 ? [] : table(columns, this.listed)),
      ...(unlisted === 0 ? [] : [`and ${count(unlisted, 'more stream')}`]),
      ...this.connections,
      ...(this.total === undefined ? [] : totalRows(this.total, this.characters, hasTimes)),
    ];
  }

  private openEntry(stream: StreamRef): Entry {
    const entry: Entry = {
      stream,
      lines: 0,
      characters: 0,
      closed: '',
      measured: undefined,
      beforeLine: [0],
    };
    this.streams++;
    this.open.set(stream, entry);
    if (this.listed.length < this.maxListed) {
      this.listed.push(entry);
    }
    return entry;
  }

  private addCharacters(entry: Entry, characters: number, endsLine: boolean): void {
    entry.characters += characters;
    if (entry.characters > MAX_REVISED) {
      entry.beforeLine = undefined;
    } else if (endsLine) {
      entry.beforeLine?.push(entry.characters);
    }
  }
}

function withdraw(entry: Entry, index: number): void {
  const { beforeLine } = entry;
  const characters = beforeLine?.[index];
  if (beforeLine !== undefined && characters !== undefined) {
    beforeLine.length = index + 1;
    entry.characters = characters;
  }
}

function nameOf({ id, generation }: StreamRef): string {
  return generation === 0 ? id : `${id} (generation ${generation})`;
}

function table(columns: readonly Column[], entries: readonly Entry[]): readonly string[] {
  const rows = entries.map((entry) => columns.map(({ cell }) => cell(entry)));
  const widths = columns.map(({ heading }, column) =>
    rows.reduce(
      (width, row) => Math.max(width, Math.min(row[column]?.length ?? 0, MAX_WIDTH)),
      heading.length,
    ),
  );
  return [columns.map(({ heading }) => heading), ...rows].map((row) =>
    row
      .map((text, column) =>
        columns[column]?.alignment === 'right'
          ? text.padStart(widths[column] ?? 0)
          : text.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

function totalRows(total: CommitSummary, characters: number, hasTimes: boolean): readonly string[] {
  const { streams, mostOpenStreams, lines, drops, timeToFirstLine } = total;
  const counts = [
    count(streams, 'stream'),
    count(lines, 'line'),
    count(characters, 'character'),
    count(drops.late + drops.malformed, 'drop'),
  ];
  return [
    ...(streams === 0 ? [] : [`at most ${count(mostOpenStreams, 'stream')} at once`]),
    ...(hasTimes ? averages('first line', timeToFirstLine) : []),
    counts.join(', '),
  ];
}

/** One row, or none if nothing was measured. */
function averages(what: string, durations: DurationSummary): readonly string[] {
  return durations.count === 0
    ? []
    : [`${what}: ${time(durations.total / durations.count)} on average, ${time(durations.max)} at most`];
}

function time(milliseconds: number | undefined): string {
  if (milliseconds === undefined) {
    return '';
  }
  return milliseconds < 1000 ? `${Math.floor(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
