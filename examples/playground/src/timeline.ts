import type { Commit } from 'deltalines';

import type { Run } from './run';

/** What is drawn for a commit. A part is a line that has not ended; a stream that did not end in order has failed. */
export type MarkType = 'open' | 'line' | 'part' | 'tail' | 'revise' | 'close' | 'failed' | 'drop';

/** All streams with the same kind and id, one after another. */
export interface StreamRow {
  readonly kind: string;
  readonly id: string;
  /** The number of its color. */
  readonly color: number;
  /** When delta events came. */
  readonly arrivals: number[];
  readonly marks: { readonly type: MarkType; readonly time: number }[];
}

/** The streams of a run, by their first event. */
export interface Timeline {
  readonly rows: readonly StreamRow[];
  find(kind: unknown, id: unknown): StreamRow | undefined;
}

/** How many colors there are. */
export const COLORS = 8;

export function timelineOf(run: Run): Timeline {
  const rows = new Map<string, StreamRow>();
  const rowOf = (kind: unknown, id: unknown) => {
    const name = { kind: typeof kind === 'string' ? kind : '', id: typeof id === 'string' ? id : '' };
    const key = keyOf(name.kind, name.id);
    let row = rows.get(key);
    if (row === undefined) {
      row = { ...name, color: rows.size % COLORS, arrivals: [], marks: [] };
      rows.set(key, row);
    }
    return row;
  };
  for (const { time, value } of run.deltas) {
    const { kind, id } = nameOf(value);
    rowOf(kind, id).arrivals.push(time);
  }
  for (const { time, value } of run.commits) {
    const { kind, id } = value.type === 'drop' ? nameOf(value.event) : value.stream;
    rowOf(kind, id).marks.push({ type: markOf(value), time });
  }
  return {
    rows: [...rows.values()],
    find: (kind, id) =>
      rows.get(keyOf(typeof kind === 'string' ? kind : '', typeof id === 'string' ? id : '')),
  };
}

/** The kind and the id of an event, which may be anything. */
export function nameOf(event: unknown): { readonly kind?: unknown; readonly id?: unknown } {
  return typeof event === 'object' && event !== null ? event : {};
}

function keyOf(kind: string, id: string): string {
  return JSON.stringify([kind, id]);
}

function markOf(commit: Commit): MarkType {
  switch (commit.type) {
    case 'line':
      return commit.eol === '' ? 'part' : 'line';
    case 'close':
      return commit.reason === 'end' || commit.reason === 'complete' ? 'close' : 'failed';
    default:
      return commit.type;
  }
}
