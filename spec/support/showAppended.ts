import { map, type OperatorFunction } from 'rxjs';

import type { Appended, LogEntry } from '../../src/log/index.js';
import { show } from './show.js';

/** Formats an output; a commit without a position is in brackets. */
export function showAppended(appended: Appended): string {
  if (appended.type === 'fenced') {
    const { id, generation } = appended.stream;
    return `fenced ${id}${generation === 0 ? '' : `/${String(generation)}`}`;
  }
  return showEntry(appended);
}

export function showEntry({ position, commit }: LogEntry): string {
  return position === undefined ? `(${show(commit)})` : show(commit);
}

export function appendedToText(): OperatorFunction<Appended, string> {
  return map(showAppended);
}

export function entriesToText(): OperatorFunction<LogEntry, string> {
  return map(showEntry);
}
