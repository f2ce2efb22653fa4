import { map, type OperatorFunction } from 'rxjs';

import type { Commit } from '../../src/index.js';

/** Formats a commit, for example `line a 0 hello`. */
export function show(commit: Commit): string {
  if (commit.type === 'drop') {
    return `drop ${commit.reason}`;
  }
  const { id, generation } = commit.stream;
  const name = generation === 0 ? id : `${id}/${String(generation)}`;
  switch (commit.type) {
    case 'open':
      return `open ${name}`;
    case 'line':
      return `line ${name} ${String(commit.index)} ${commit.text}${commit.eol === '' ? '' : '$'}`;
    case 'tail':
      return `tail ${name} ${String(commit.index)} ${commit.text}`;
    case 'revise':
      return `revise ${name} ${String(commit.index)}`;
    case 'close':
      return `close ${name} ${commit.reason} ${String(commit.lines)}`;
  }
}

export function toText(): OperatorFunction<Commit, string> {
  return map(show);
}
