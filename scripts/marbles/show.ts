import type { Commit, DeltaEvent, StreamEvent } from '../../src/index.js';
import type { BlockCommit } from '../../src/markdown/index.js';
import type { Marble } from './recording.js';

/** The text as a string literal has it, without quotes. */
function escape(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

export function showEvent(event: DeltaEvent | StreamEvent): Marble {
  const marble = { row: event.id, type: 'event' } as const;
  switch (event.type) {
    case 'delta':
      return { ...marble, text: escape(event.delta) };
    case 'end':
      return { ...marble, text: 'reason' in event ? event.reason : 'end' };
    default:
      return { ...marble, text: event.type };
  }
}

export function showCommit(commit: Commit): Marble {
  if (commit.type === 'drop') {
    return { row: (commit.event as DeltaEvent).id, type: 'drop', text: commit.reason };
  }
  const marble = { row: commit.stream.id, type: commit.type };
  switch (commit.type) {
    case 'open':
      return { ...marble, text: 'open' };
    case 'line':
      return { ...marble, text: escape(commit.text + commit.eol) };
    case 'tail':
      return { ...marble, text: escape(commit.text) };
    case 'revise':
      return { ...marble, text: `from ${String(commit.index)}` };
    case 'close':
      return { ...marble, text: commit.reason };
  }
}

export function showBlock(commit: BlockCommit): Marble {
  if (commit.type === 'block' || commit.type === 'draft') {
    return { row: commit.stream.id, type: commit.type, text: commit.block };
  }
  // The others are those of lines, except for what is counted at the close.
  return showCommit(commit.type === 'close' ? { ...commit, lines: 0 } : commit);
}
