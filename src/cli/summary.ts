import type { CloseReason, Commit, StreamRef } from '../index.js';
import { escapeControls, escapeLabel } from './escapeControls.js';

/** The most streams that are listed; the others are only counted. */
const MAX_LISTED = 1000;

/** Streams that are longer are not revised: `commitLines` has let go of their text. */
const MAX_REVISED = 1_048_576;

/** The most columns that a kind or an id is padded to: one that is very long must not lengthen all rows. */
const MAX_WIDTH = 80;

const HEADINGS = ['kind', 'id', 'lines', 'characters', 'closed'] as const;

/** What is counted of one stream. */
interface Entry {
  readonly stream: StreamRef;
  lines: number;
  characters: number;
  closed: CloseReason | '';
  /** The characters before each line, for as long as lines may be withdrawn. */
  beforeLine: number[] | undefined;
}

/** Counts streams, lines, characters and drops, and lists the first streams in the order of opening. */
export class Summary {
  private readonly maxListed: number;
  private readonly listed: Entry[] = [];
  private readonly connections: string[] = [];
  private readonly open = new Map<StreamRef, Entry>();
  private streams = 0;
  private lines = 0;
  private characters = 0;
  private drops = 0;

  constructor(maxListed = MAX_LISTED) {
    this.maxListed = maxListed;
  }

  add(commit: Commit): void {
    if (commit.type === 'drop') {
      this.drops++;
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
        entry.beforeLine = undefined;
        this.lines += entry.lines;
        this.characters += entry.characters;
        this.open.delete(commit.stream);
        break;
      default:
        break;
    }
  }

  /** To be listed with the totals. */
  addConnection(file: string, protocol: string, reason: string): void {
    this.connections.push(`${escapeControls(file)}: ${protocol}, ${escapeControls(reason)}`);
  }

  /** The table, the connections, and the totals as its last row. */
  rows(): readonly string[] {
    const unlisted = this.streams - this.listed.length;
    const totals = [
      count(this.streams, 'stream'),
      count(this.lines, 'line'),
      count(this.characters, 'character'),
      count(this.drops, 'drop'),
    ];
    return [
      ...(this.listed.length === 0 ? [] : table(this.listed.map(cells))),
      ...(unlisted === 0 ? [] : [`and ${count(unlisted, 'more stream')}`]),
      ...this.connections,
      totals.join(', '),
    ];
  }

  private openEntry(stream: StreamRef): Entry {
    const entry: Entry = { stream, lines: 0, characters: 0, closed: '', beforeLine: [0] };
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

function cells({ stream: { kind, id, generation }, lines, characters, closed }: Entry): readonly string[] {
  const name = generation === 0 ? id : `${id} (generation ${generation})`;
  return [escapeLabel(kind), escapeLabel(name), String(lines), String(characters), closed];
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEADINGS.map((heading, column) =>
    rows.reduce(
      (width, row) => Math.max(width, Math.min(row[column]?.length ?? 0, MAX_WIDTH)),
      heading.length,
    ),
  );
  return [HEADINGS, ...rows].map((row) => {
    const [kind = '', id = '', lines = '', characters = '', closed = ''] = row;
    const [kindWidth = 0, idWidth = 0, linesWidth = 0, charactersWidth = 0] = widths;
    return [
      kind.padEnd(kindWidth),
      id.padEnd(idWidth),
      lines.padStart(linesWidth),
      characters.padStart(charactersWidth),
      closed,
    ].join('  ');
  });
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
