import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { deltaEvents } from './events.js';

/** A file of delta events, one in each line. */
export interface Recording {
  readonly megabytes: number;
}

/** Where the file is, which is written if nobody has needed it before. Whoever starts the processes deletes the folder. */
export function jsonLinesFile({ megabytes }: Recording): string {
  const folder = process.env['BENCH_FOLDER'];
  if (folder === undefined) {
    throw new Error('BENCH_FOLDER says where large files may be written');
  }
  const path = join(folder, `${megabytes}-megabytes.jsonl`);
  if (!existsSync(path)) {
    // The unfinished lines go on where the events are repeated.
    const events = deltaEvents({ streams: 8, deltas: 9_600 });
    const part = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const file = openSync(path, 'w');
    for (let bytes = 0; bytes < megabytes * 1e6; bytes += part.length) {
      writeSync(file, part);
    }
    closeSync(file);
  }
  return path;
}
