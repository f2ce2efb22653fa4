import fc from 'fast-check';

import type { CloseCommit, Commit, LineCommit, OpenCommit, StreamRef } from '../../src/index.js';
import type { ReviseCommit, TailCommit } from '../../src/index.js';

/** A stream of the kind `answer`, which most specs use. */
export function streamOf(id: string, order?: readonly number[]): StreamRef<'answer'> {
  const stream = { kind: 'answer', id, generation: 0 } as const;
  return order === undefined ? stream : { ...stream, order };
}

export const open = (stream: StreamRef): OpenCommit => ({ type: 'open', stream });

export const line = (stream: StreamRef, index: number, text: string): LineCommit => ({
  type: 'line',
  stream,
  index,
  text,
  eol: '\n',
});

/** A part of a line that has not ended. */
export const part = (stream: StreamRef, index: number, text: string): LineCommit => ({
  type: 'line',
  stream,
  index,
  text,
  eol: '',
});

export const tail = (stream: StreamRef, index: number, text: string): TailCommit => ({
  type: 'tail',
  stream,
  index,
  text,
});

export const revise = (stream: StreamRef, index: number): ReviseCommit => ({ type: 'revise', stream, index });

export const close = (stream: StreamRef, lines: number): CloseCommit => ({
  type: 'close',
  stream,
  reason: 'end',
  lines,
});

export const drop: Commit = { type: 'drop', reason: 'late', event: undefined };

const step = fc.record({
  id: fc.constantFrom('a', 'b', 'c', '__proto__'),
  order: fc.constantFrom(undefined, [], [0], [1], [1, 0], [-1]),
  action: fc.constantFrom('line', 'line', 'line', 'part', 'tail', 'tail', 'revise', 'close', 'drop'),
  text: fc.constantFrom('x', 'yy', '\u{1F600}'),
  index: fc.nat({ max: 3 }),
});

/** Well-formed commits of a few streams and generations; some streams are not closed. */
export const commitList: fc.Arbitrary<readonly Commit[]> = fc.array(step, { maxLength: 60 }).map((steps) => {
  const commits: Commit[] = [];
  const generations = new Map<string, number>();
  const current = new Map<string, { stream: StreamRef; index: number; isPartial: boolean }>();
  for (const { id, order, action, text, index } of steps) {
    if (action === 'drop') {
      commits.push(drop);
      continue;
    }
    let state = current.get(id);
    if (state === undefined) {
      const generation = generations.get(id) ?? 0;
      generations.set(id, generation + 1);
      state = { stream: { ...streamOf(id, order), generation }, index: 0, isPartial: false };
      current.set(id, state);
      commits.push(open(state.stream));
    }
    const { stream } = state;
    switch (action) {
      case 'line':
        commits.push(line(stream, state.index++, text));
        state.isPartial = false;
        break;
      case 'part':
        commits.push(part(stream, state.index, text));
        state.isPartial = true;
        break;
      case 'tail':
        commits.push(tail(stream, state.index, text));
        break;
      case 'revise':
        state.index = Math.min(index, state.index);
        state.isPartial = false;
        commits.push(revise(stream, state.index));
        break;
      case 'close':
        commits.push(close(stream, state.isPartial ? state.index + 1 : state.index));
        current.delete(id);
    }
  }
  return commits;
});
