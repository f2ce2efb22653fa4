import stringWidth from 'string-width';

import { escapeControls } from '../index.js';
import type { Paint } from './paintByKind.js';
import { escapeLabel } from './escapeLabel.js';
import { truncateStart, padToWidth } from './displayWidth.js';
import type { StreamProgress, StreamProgressMap } from './streamProgress.js';
import type { ShownIds } from './shortIds.js';

/** The rows that are left for printed rows and the cursor. */
const FREE_ROWS = 2;

/** The maximum shares of a kind and an id in the width, so that there is room for the tail. */
const KIND_SHARE = 0.25;
const ID_SHARE = 0.4;

const MARK = '● ';
const GAP = '  ';

/** Marks the end of the tail. */
const CARET = '▌';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The parts of the status row of a stream. */
interface Parts {
  readonly stream: StreamProgress;
  readonly label: string;
  readonly lines: string;
  readonly age: string;
}

/**
 * Returns a row for each open stream, cut to the width of the terminal, and the number of streams for which there is
 * no row.
 */
export function statusRows(
  open: StreamProgressMap,
  size: Size,
  now: number,
  paint: Paint,
  ids: ShownIds,
): readonly string[] {
  const room = Math.max(size.rows - FREE_ROWS, 1);
  const shown = open.first(open.size > room ? room - 1 : room);
  const rows = align(shown.map((stream) => describe(stream, size.columns, now, ids))).map((parts) =>
    joinParts(parts, size.columns, paint),
  );
  const others = open.size - shown.length;
  return others === 0 ? rows : [...rows, `and ${others} more`.slice(0, size.columns)];
}

function describe(stream: StreamProgress, columns: number, now: number, ids: ShownIds): Parts {
  const { kind } = stream.stream;
  const shownKind = truncateStart(kind, Math.floor(columns * KIND_SHARE), escapeLabel);
  const shownId = truncateStart(ids.of(stream.stream), Math.floor(columns * ID_SHARE), escapeLabel);
  return {
    stream,
    label: `${shownKind} ${shownId}`,
    lines: stream.lines === 1 ? '1 line' : `${stream.lines} lines`,
    age: describeAge(now - stream.openedAt),
  };
}

function align(all: readonly Parts[]): readonly Parts[] {
  const widest = (texts: readonly string[]) => Math.max(...texts.map((text) => stringWidth(text)));
  const labelWidth = widest(all.map(({ label }) => label));
  const linesWidth = widest(all.map(({ lines }) => lines));
  const ageWidth = widest(all.map(({ age }) => age));
  return all.map(({ stream, label, lines, age }) => ({
    stream,
    label: padToWidth(label, labelWidth),
    lines: lines.padStart(linesWidth),
    age: age.padStart(ageWidth),
  }));
}

/** Joins the parts of a row. Omits parts at its end if there is no room for them. */
function joinParts({ stream, label, lines, age }: Parts, columns: number, paint: Paint): string {
  const { kind } = stream.stream;
  const start = paint(kind, MARK + label);
  const counts = `${GAP}${lines}${GAP}${age}`;
  const roomForCounts = columns - MARK.length - stringWidth(label);
  if (counts.length > roomForCounts) {
    return start;
  }
  const roomForTail = roomForCounts - counts.length - GAP.length - CARET.length;
  const tail = truncateStart(stream.tail, roomForTail, escapeTail);
  return tail === '' ? start + counts : start + counts + GAP + tail + paint(kind, CARET);
}

/** Replaces tabs, whose width depends on the terminal, and removes a CR at the end, which may belong to a line end. */
function escapeTail(tail: string): string {
  return escapeControls(tail.replace(/\r$/, '')).replaceAll('\t', ' ');
}

function describeAge(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) {
    return `${seconds}s`;
  }
  return hours === 0 ? `${minutes}m ${twoDigits(seconds % 60)}s` : `${hours}h ${twoDigits(minutes % 60)}m`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
