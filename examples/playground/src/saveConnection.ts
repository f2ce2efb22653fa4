import { recordChunks } from 'deltalines/testing';
import { VirtualTimeScheduler } from 'rxjs';

import { arrivalOf } from './arrival';
import type { Connection, Framing } from './recording';
import { inTime, type Timed } from './run';
import type { ArrivalSettings } from './settings';

/** The recording of a connection as it is played, in the format of `recordChunks`. */
export function saveConnection(connection: Connection, index: number, arrival: ArrivalSettings): string {
  const scheduler = new VirtualTimeScheduler();
  const lines: string[] = [];
  inTime(chunksOf(connection, index, arrival), scheduler)
    .pipe(recordChunks({ onLine: (line) => lines.push(line), scheduler }))
    .subscribe();
  scheduler.flush();
  return lines.map((line) => `${line}\n`).join('');
}

/** A name for the file that does no harm, whatever the connection is called. */
export function fileNameOf({ name }: Connection): string {
  return `${name.replace(/[^\p{Letter}\p{Number}._-]+/gu, '-').replace(/^[.-]+/, '') || 'recording'}.jsonl`;
}

/** The chunks of a recording that was opened, exactly as they were cut. Otherwise, a chunk for each event. */
function chunksOf(
  connection: Connection,
  index: number,
  arrival: ArrivalSettings,
): readonly Timed<string | Uint8Array>[] {
  const { chunks, framing } = connection;
  if (chunks !== undefined && arrival.disorder === 0) {
    let time = 0;
    // A time before that of the chunk before means at once.
    return chunks.map((recorded) => ({
      time: (time = Math.max(time, recorded.time)),
      value: recorded.chunk,
    }));
  }
  const events = arrivalOf(connection, index, arrival);
  return events.map(({ time, value }, place) => ({
    time,
    value: wireText(value, framing, { isFirst: place === 0, isLast: place === events.length - 1 }),
  }));
}

/** The text of an event as it comes over the wire. */
function wireText(
  value: unknown,
  framing: Framing,
  { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean },
): string {
  switch (framing) {
    case 'server-sent events': {
      const { id, event, data } = value as Readonly<Record<string, string | undefined>>;
      const fields = Object.entries({ id, event }).filter(([, field]) => field !== undefined);
      const rows = (data ?? '').split('\n').map((row) => ['data', row]);
      return `${[...fields, ...rows].map(([name, field]) => `${name}: ${field}\n`).join('')}\n`;
    }
    case 'JSON lines':
      return `${JSON.stringify(value)}\n`;
    case 'lines':
      return `${typeof value === 'string' ? value : JSON.stringify(value)}\n`;
    case 'JSON array':
      return `${isFirst ? '[' : ','}${JSON.stringify(value)}${isLast ? ']' : ''}`;
  }
}
